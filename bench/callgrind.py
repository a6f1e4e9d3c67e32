"""Counts instructions of parsers and framing under callgrind; writes the counts into gates.toml.

build/bench/bench/instructions/instruction_paths runs one path N times. The count of N runs is taken
from that of 2 N, so the start of the program cancels out. What depends on the processor is pinned:
simdjson's implementation and the C library's choice of memcpy and its kin, both to what every
x86-64 of the last fifteen years has. The environment is otherwise empty. So the count is the same
on every machine with the same packages (PACKAGES).
"""
import concurrent.futures
import os
import platform
import re
import shutil
import subprocess

RUNS = 1000
PACKAGES = ("clang-19", "libc6", "libstdc++6", "libstdc++-12-dev", "libsimdjson14", "libfmt9",
            "node-llhttp")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "SIMDJSON_FORCE_IMPLEMENTATION": "westmere",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-SSSE3,-SSE4_1,"
                      "-SSE4_2,-ERMS,-FSRM",
}
ARCHITECTURE = "x86_64"


class CountingFailed(Exception):
    """Its text is for people."""


def why_impossible():
    """Empty when instructions can be counted here."""
    if platform.machine() != ARCHITECTURE:
        return f"instructions are counted on {ARCHITECTURE}; this is {platform.machine()}"
    if shutil.which("valgrind") is None:
        return "valgrind is not installed"
    return ""


def program_in(build):
    return build / "bench" / "instructions" / "instruction_paths"


def paths_of(program):
    listed = subprocess.run([program], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def collected(output):
    """The total in callgrind's words: "Collected : 123456"."""
    found = re.search(r"Collected : (\d+)", output)
    return int(found[1]) if found else None


def run_callgrind(program, path, times):
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, path,
         str(times)], env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    count = collected(run.stderr)
    if run.returncode != 0 or count is None:
        raise CountingFailed(f"callgrind of {path} ended with {run.returncode}:\n{run.stderr}")
    return count


def instructions_each(once, twice, runs):
    return round((twice - once) / runs)


def count_all(program, paths):
    """Path to instructions a run."""
    def count(path):
        once, twice = (run_callgrind(program, path, times) for times in (RUNS, 2 * RUNS))
        return instructions_each(once, twice, RUNS)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(zip(paths, threads.map(count, paths)))


def installed_versions():
    """Package to version; empty where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return {}
    versions = {}
    for package in PACKAGES:
        query = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package],
                               capture_output=True, text=True, check=False)
        if query.returncode == 0:
            versions[package] = query.stdout
    return versions


def changed_packages(counted_with, installed):
    return [name for name, version in counted_with.items() if installed.get(name) != version]


def refreshed(text, counts, versions):
    """The table's text with new counts and versions; all else stays as it is."""
    for path, count in counts.items():
        text, found = re.subn(
            rf'(\[\[instructions\]\]\npath = "{re.escape(path)}"\ncount = )\d+',
            lambda block, count=count: block[1] + str(count), text)
        if found != 1:
            raise CountingFailed(
                f"gates.toml: path {path} needs one block of the lines `[[instructions]]`, "
                f'`path = "{path}"`, `count = 0`, in this order')
    lines = "".join(f'"{name}" = "{version}"\n' for name, version in versions.items())
    text, found = re.subn(r'(\[counted_with\]\n)(?:".*\n)*', lambda head: head[1] + lines, text)
    if found != 1:
        raise CountingFailed("gates.toml: there must be one table [counted_with]")
    return text
