"""The house rules that a machine can check: `python3 tools/tidy.py [ROOT]`, also a Meson test.

The table of who may include whom is in tools/tidy_includes.py. Here: sizes of files and functions,
length of lines, the comment that opens a header, parameters of coroutines, TODOs with an issue.
Prints `file:line: what: what to do`; exit 1 when a rule is broken, warnings alone are exit 0.
"""
import ast
import io
import re
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path

from tidy_cpp import Source, coroutine_parameters, functions
from tidy_includes import check_include

FILE_LINES_SOFT = 300
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
LINE_COLUMNS_MAX = 100
HEADER_COMMENT_LINES = range(2, 7)

SKIPPED_FOLDERS = {".git", ".cache", "build", "var", "node_modules", "__pycache__", "corpus"}
CPP_SUFFIXES = {".h", ".cc"}
TODO = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")  # in a comment
ISSUE = re.compile(r"#\d+")
LINE_MAY_BE_LONG = re.compile(r"https?://|^\s*#\s*include")
DANGLING_PARAMETER = re.compile(r"\b(?:string_view|span)\b")


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str
    is_warning: bool = False

    def __str__(self):
        return f"{self.path}:{self.line}: {'warning: ' if self.is_warning else ''}{self.text}"


def check_sizes(path, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield Finding(path, 1, f"{len(lines)} lines, the cap is {FILE_LINES_MAX}: "
                      "split the file along its ideas")
    elif len(lines) > FILE_LINES_SOFT:
        yield Finding(path, 1, f"{len(lines)} lines, more than {FILE_LINES_SOFT} read badly: "
                      "does it hold two ideas?", is_warning=True)
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_COLUMNS_MAX and not LINE_MAY_BE_LONG.search(line):
            yield Finding(path, number, f"{len(line)} columns, the limit is {LINE_COLUMNS_MAX}: "
                          "break the line")


def function_finding(path, line, name, length):
    return Finding(path, line, f"function {name} has {length} lines, the limit is "
                   f"{FUNCTION_LINES_MAX}: give a part of it a name")


def check_todos(path, comments):
    for line, comment in comments:
        if TODO.search(comment) and not ISSUE.search(comment):
            yield Finding(path, line, "a TODO without an issue is forgotten: "
                          "write TODO(#number), or do it now")


def check_header_comment(path, text):
    lines = [line.strip() for line in text.splitlines()]
    code = [(number, line) for number, line in enumerate(lines, 1)
            if line and line != "#pragma once"]
    if "#pragma once" not in lines:
        yield Finding(path, 1, "no #pragma once: add it")
    if not code:
        return
    first, length = code[0][0], 0
    for line in lines[first - 1:]:
        if not line.startswith("//") or line == "//":  # an empty comment line ends the opening
            break
        length += 1
    if length not in HEADER_COMMENT_LINES:
        found = ("no comment", "one line of comment")[length] if length < 2 else f"{length} lines"
        yield Finding(path, first, f"the header begins with {found}: begin with two to six lines "
                      "that tell what this is, who owns it and which thread uses it; "
                      "more may follow after an empty comment line")


def check_coroutines(path, source):
    for line, name, parameters in coroutine_parameters(source):
        found = DANGLING_PARAMETER.search(parameters)
        if found:
            yield Finding(path, line, f"coroutine {name} takes a {found[0]}, which may dangle "
                          "after the first co_await: take a value")


def check_cpp(path, text):
    source = Source(text)
    yield from check_sizes(path, text)
    for line, include in source.includes:
        problem = check_include(path, include)
        if problem:
            yield Finding(path, line, problem)
    for line, name, length in functions(source):
        if length > FUNCTION_LINES_MAX:
            yield function_finding(path, line, name, length)
    yield from check_todos(path, source.comments)
    yield from check_coroutines(path, source)
    if path.endswith(".h"):
        yield from check_header_comment(path, text)


def check_python(path, text):
    yield from check_sizes(path, text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield function_finding(path, node.lineno, node.name, length)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [(token.start[0], token.string) for token in tokens
                if token.type == tokenize.COMMENT]
    yield from check_todos(path, comments)


def check_shell(path, text):
    yield from check_sizes(path, text)
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        opening = re.match(r"(\w+)\(\) [{(]", line)
        if opening:
            start, name = number, opening[1]
        if start and line in ("}", ")"):
            if number - start + 1 > FUNCTION_LINES_MAX:
                yield function_finding(path, start, name, number - start + 1)
            start = None
    comments = [(number, "#" + line.partition("#")[2]) for number, line in enumerate(lines, 1)
                if "#" in line]
    yield from check_todos(path, comments)


def check_file(path, text):
    """All findings in one file. `path` is relative to the root, with slashes."""
    suffix = Path(path).suffix
    if suffix in CPP_SUFFIXES:
        return list(check_cpp(path, text))
    if suffix == ".py":
        return list(check_python(path, text))
    if suffix == ".sh" or text.startswith("#!/bin/sh"):
        return list(check_shell(path, text))
    return []


def files_below(folder):
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if entry.name not in SKIPPED_FOLDERS:
                yield from files_below(entry)
        elif entry.suffix in CPP_SUFFIXES | {".py", ".sh"} or not entry.suffix:
            yield entry


def check_tree(root):
    findings, files = [], 0
    for file in files_below(root):
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if not file.suffix:
                continue  # not a text of ours
            findings.append(Finding(str(file.relative_to(root)), 1, "not UTF-8: save it as UTF-8"))
            continue
        files += 1
        findings += check_file(file.relative_to(root).as_posix(), text)
    return findings, files


def main(root):
    findings, files = check_tree(root)
    for finding in sorted(findings, key=lambda finding: (finding.is_warning, str(finding))):
        print(finding)
    errors = sum(not finding.is_warning for finding in findings)
    print(f"tidy: {files} files, {errors} to mend, {len(findings) - errors} warnings")
    return 1 if errors or not files else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)))
