"""What the kernel tells about a process."""
import os
import signal
from pathlib import Path


def open_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_kib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def children_of(pid):
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and _status(folder.name)[1] == str(pid):
                found.append(int(folder.name))
        except OSError:
            pass  # it has just ended
    return found


def is_alive(pid):
    """A zombie is not: it only waits for its parent to notice."""
    try:
        return _status(pid)[0] != "Z"
    except OSError:
        return False


def _status(pid):
    """The state and the parent's pid, as in proc(5); behind a name that may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]


def unwind_on_sigterm():
    """An ended run must not leave PostgreSQL behind: SIGTERM unwinds like Ctrl-C."""
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
