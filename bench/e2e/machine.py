"""What a measurement was taken on and of: without it a figure is worth nothing."""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("clang-19 postgresql-15 redis-server nginx wrk python3 python3-fastapi python3-uvicorn"
            " python3-asyncpg python3-redis python3-websockets python3-uvloop"
            " python3-httptools").split()


def describe():
    system = os.uname()
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "kernel": f"{system.sysname} {system.release} {system.machine}",
        "cpu": first_value("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": first_value("/proc/meminfo", "MemTotal"),
        "loadAverage": os.getloadavg(),
        "commit": commit(),
        "build": build_options(),
        "packages": package_versions(),
        "command": ["python3", *sys.orig_argv[1:]],
    }


def first_value(path, name):
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None


def commit():
    """The commit, with "+" behind it when the tree differs from it."""
    name = output_of("git", "-C", str(REPOSITORY), "rev-parse", "HEAD")
    changes = output_of("git", "-C", str(REPOSITORY), "status", "--porcelain")
    return name and name + ("+" if changes else "")


def build_options():
    found = output_of("meson", "introspect", "--buildoptions", str(REPOSITORY / "build" / "bench"))
    if not found:
        return None
    wanted = ("buildtype", "optimization", "debug", "b_lto", "b_ndebug", "b_sanitize", "cpp_args")
    return {option["name"]: option["value"] for option in json.loads(found)
            if option["name"] in wanted}


def package_versions():
    lines = output_of("dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *PACKAGES)
    return dict(line.split(" ", 1) for line in lines.splitlines() if line.split(" ", 1)[1:])


def file_system_of(path):
    """The kind of file system that holds `path`, such as ext4 or tmpfs."""
    return output_of("stat", "--file-system", "--format=%T", str(path))


def output_of(*command):
    """What the command prints on standard output, or nothing when it cannot be run."""
    try:
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return finished.stdout.strip()
