"""Part of ./dev: what a shell cannot ask by itself on a bare machine (no curl, no ss).

    probe.py port-is-free PORT                    exit 1 and a sentence when it is taken
    probe.py wait-until-ready URL PID SECONDS     until URL/readyz answers 200
    probe.py percent-encode TEXT
"""
import errno
import os
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def port_is_free(text):
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        sys.exit(f"dev: {text} is no port: a port is a number from 1 to 65535")
    port = int(text)
    with socket.socket() as probe:
        # A port of a connection that has just ended is free; one that somebody listens on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return
        except OSError as error:
            if error.errno == errno.EACCES:
                sys.exit(f"dev: port {port} needs root; take one from 1024 on with --port")
            if error.errno != errno.EADDRINUSE:
                raise
    sys.exit(f"dev: port {port} is in use by {listener_on(port)}; "
             "stop that, or take another port with --port")


def listener_on(port):
    """The program that listens on the port, as well as this user may know."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                is_listening = fields[3] == "0A"
                if is_listening and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) in inodes:
                process = descriptor.parts[2]
                name = Path(f"/proc/{process}/comm").read_text().strip()
                return f"{name} (pid {process})"
        except OSError:
            continue  # ended meanwhile, or another user's
    return "another program (of another user, or in another container)"


def wait_until_ready(url, pid, seconds):
    end = time.monotonic() + float(seconds)
    last = "no answer yet"
    while time.monotonic() < end:
        if has_ended(pid):
            sys.exit("the server ended")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except urllib.error.HTTPError as error:
            last = f"/readyz answers {error.code}"
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    sys.exit(f"not ready after {seconds} s: {last}")


def has_ended(pid):
    """True for a process that is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] in "ZX"


def main(action, *arguments):
    # A proxy that the environment names is not for this machine's own server.
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    if action == "port-is-free":
        port_is_free(*arguments)
    elif action == "wait-until-ready":
        wait_until_ready(*arguments)
    elif action == "percent-encode":
        print(urllib.parse.quote(*arguments, safe=""))
    else:
        sys.exit(f"probe.py does not know {action}")


if __name__ == "__main__":
    main(*sys.argv[1:])
