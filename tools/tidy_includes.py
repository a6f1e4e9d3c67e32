"""Who may include whom: the walls of the house, as docs/ARCHITECTURE.md draws them.

A rule is found by the longest path prefix. Rooms are folders of src/ (`app/protocol` is one of its
own within `app`); a file may always include its own room. Libraries are named in LIBRARIES.
"""
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    rooms: frozenset = frozenset()
    libraries: frozenset = frozenset()
    files: frozenset = frozenset()  # single headers of other rooms


def rule(rooms="", libraries="", files=""):
    return Rule(*(frozenset(names.split()) for names in (rooms, libraries, files)))


ROOMS = {"reactor", "http", "ws", "db", "cache", "app", "app/protocol", "app/auth", "app/config",
         "app/chat", "app/rest"}
APP = "reactor http ws db cache app app/protocol app/auth app/config app/chat app/rest"
EVERYTHING = "liburing openssl llhttp zlib simdjson libpq hiredis sodium gtest benchmark"

RULES = {
    "src/reactor/": rule("reactor", "liburing openssl system"),
    "src/http/": rule("http reactor", "llhttp"),
    "src/ws/": rule("ws reactor", "zlib openssl simdjson"),
    "src/ws/handshake.": rule("ws reactor http", "openssl"),
    "src/db/": rule("db reactor", "libpq system"),
    "src/cache/": rule("cache reactor", "hiredis system"),
    "src/app/": rule(APP, "sodium system"),
    "src/app/protocol/": rule("app/protocol", "simdjson", "app/limits.h"),
    "src/app/auth/": rule("app/auth app/protocol reactor", "openssl sodium system",
                          "app/limits.h"),
    "src/app/config/": rule("app/config app/protocol reactor", "CLI11 toml++ system",
                            "app/limits.h"),
    "tests/": rule(APP + " support loadgen", EVERYTHING + " system"),
    "bench/": rule(APP + " support loadgen", EVERYTHING + " CLI11 system"),
    "tools/": rule("reactor http ws app/protocol", "CLI11 system"),
    "tools/loadgen/": rule("loadgen reactor http ws app/protocol", "CLI11 simdjson system"),
}

# Codecs are pure: bytes in, values out, without reactor, clock, log or kernel. Tests, fuzzers and
# benchmarks run them bare.
PURE = re.compile(r"src/(?:http/(?:message|re(?:quest|sponse)_(?:parser|writer)|router)\."
                  r"|ws/(?:protocol|mask|utf8|frame_\w+|message_assembler|deflate|handshake)\."
                  r"|app/protocol/)")

ALLOWED_EVERYWHERE = {"std", "fmt", "robin-map"}
LIBRARIES = [  # the first pattern that fits names the library of an <include>
    ("fmt", r"fmt/"), ("robin-map", r"tsl/"), ("liburing", r"liburing"), ("openssl", r"openssl/"),
    ("llhttp", r"llhttp\.h"), ("zlib", r"zlib\.h"), ("simdjson", r"simdjson\.h"),
    ("libpq", r"libpq-fe\.h|libpq/|postgresql/"), ("hiredis", r"hiredis/"),
    ("sodium", r"sodium(?:\.h|/)"), ("CLI11", r"CLI/"), ("toml++", r"toml\+\+/"),
    ("gtest", r"gtest/|gmock/"), ("benchmark", r"benchmark/"),
    ("system", r"(?:sys|linux|netinet|arpa|sanitizer)/"
               r"|(?:dirent|fcntl|grp|ifaddrs|netdb|poll|pthread|pty|pwd|sched|signal|spawn)\.h"
               r"|(?:termios|unistd)\.h"),
    ("std", r"[a-z_0-9]+$|(?:errno|string|strings|stddef|stdint|stdio|stdlib|time|math)\.h"),
]


def rule_for(path):
    fitting = [prefix for prefix in RULES if path.startswith(prefix)]
    return RULES[max(fitting, key=len)] if fitting else None


def library_of(header):
    for name, pattern in LIBRARIES:
        if re.match(pattern, header):
            return name
    return None


def room_of(header):
    """The room of a quoted header: its longest folder that is one, else its first folder."""
    folders = header.split("/")[:-1]
    for length in range(len(folders), 0, -1):
        if "/".join(folders[:length]) in ROOMS:
            return "/".join(folders[:length])
    return folders[0] if folders else None


def check_include(path, include):
    """What is wrong with `include` (as written, with <> or quotes) in `path`, or None."""
    rule = rule_for(path)
    if rule is None:
        return "in no known room: give its folder a line in tools/tidy_includes.py"
    header = include[1:-1]
    if include.startswith("<"):
        return check_library(path, header, rule)
    return check_room(path, header, rule)


def check_library(path, header, rule):
    library = library_of(header)
    if library is None:
        return (f"<{header}> is of no known library: "
                "if it must be, name it in tools/tidy_includes.py")
    if library in ALLOWED_EVERYWHERE or library in rule.libraries:
        if library == "system" and PURE.match(path):
            return f"a codec is pure and includes <{header}>: move what needs it out"
        return None
    return (f"<{header}> ({library}) does not belong here; allowed are "
            f"{', '.join(sorted(ALLOWED_EVERYWHERE | rule.libraries))}: "
            "use what the room that owns it offers")


def check_room(path, header, rule):
    room = room_of(header)
    own_folder = path.removeprefix("src/").rpartition("/")[0]
    if room in (None, "..") and path.startswith(("tests/", "bench/", "tools/")):
        return None  # a neighbour
    if room is None:
        return f'"{header}" has no folder: write "{own_folder}/{header}"'
    if PURE.match(path) and room == "reactor":
        return f'a codec is pure and includes "{header}": pass it bytes and values'
    if room in rule.rooms or header in rule.files or own_folder.endswith(room):
        return None
    return (f'"{header}" is of room {room}; allowed are {", ".join(sorted(rule.rooms))}: '
            "only app joins rooms")
