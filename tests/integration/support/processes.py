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


def unwind_on_sigterm():
    """An ended run must not leave PostgreSQL behind: SIGTERM unwinds like Ctrl-C."""
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
