#!/usr/bin/env python3
"""Turns migrations into a C++ source: embed.py OUTPUT 0001_name.sql…

Each file becomes a Migration with version, name, text and the SHA-256 of its bytes. Versions count
from 1 without a gap; a migration that was released never changes again.
"""
import hashlib
import re
import sys
from pathlib import Path

DELIMITER = "migration"
LITERAL_BYTES_MAX = 16_000  # compilers must take 65,536 characters; editors like less


def literal(text):
    if f"){DELIMITER}\"" in text:
        sys.exit(f"a migration holds the delimiter {DELIMITER}")
    parts = [text[i:i + LITERAL_BYTES_MAX] for i in range(0, len(text), LITERAL_BYTES_MAX)]
    return "\n".join(f'R"{DELIMITER}({part}){DELIMITER}"' for part in parts)


def entry(path, version):
    match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", path.name)
    if not match or int(match[1]) != version:
        sys.exit(f"{path.name}: expected a name like {version:04}_what_it_does.sql")
    content = path.read_bytes()
    text = content.decode("utf-8")
    if "$migration$" in text:
        sys.exit(f"{path.name}: $migration$ is what the migrator quotes with")
    checksum = hashlib.sha256(content).hexdigest()
    return f'    {{{version}, "{match[2]}", "{checksum}",\n{literal(text)}}},\n'


def main():
    output, *names = sys.argv[1:]
    paths = sorted(Path(name) for name in names)
    entries = "".join(entry(path, i) for i, path in enumerate(paths, start=1))
    Path(output).write_text(
        "// Made by src/db/migrations/embed.py from the .sql files beside it.\n"
        '#include "db/migrator.h"\n\n'
        "namespace ringtalk::db {\n\n"
        "std::vector<Migration> embedded_migrations() {\n"
        f"  return {{\n{entries}  }};\n"
        "}\n\n"
        "}  // namespace ringtalk::db\n", encoding="utf-8")


if __name__ == "__main__":
    main()
