"""Just enough reading of C++ for tools/tidy.py: comments apart from code, functions, coroutines.

No compiler: brackets are matched in text that has lost its comments, strings and macros. It
understands how this code base is written (clang-format lays it out), not all of C++.
"""
import re
from bisect import bisect_right

_TOKEN = re.compile(r"""
    (?P<line_comment>//[^\n]*)
  | (?P<block_comment>/\*.*?\*/)
  | (?P<raw>\b(?:u8|[uUL])?R"(?P<delimiter>[^(\s]{0,16})\(.*?\)(?P=delimiter)")
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))
  | (?P<character>'(?:[^'\\\n]|\\.)+')
""", re.VERBOSE | re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>\n]+>|"[^"\n]+")', re.MULTILINE)
_MACRO = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.MULTILINE | re.DOTALL)
_CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")
_CONSTRUCTOR_LIST = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")
_NAME = re.compile(r"([~\w:]+|operator\s*\S{1,3})\s*$")
_CLOSING = {"(": ")", "<": ">"}


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    """`code` has the same length and lines as the text, without comments, literals and macros."""

    def __init__(self, text):
        self.comments = []  # (line, text)
        self.includes = []  # (line, <header> or "header")
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]
        without_comments = _TOKEN.sub(self._drop_comment, text)
        for match in _INCLUDE.finditer(without_comments):
            self.includes.append((self.line(match.start(1)), match[1]))
        without_literals = _TOKEN.sub(lambda match: _blank(match[0]), without_comments)
        self.code = _MACRO.sub(lambda match: _blank(match[0]), without_literals)

    def line(self, offset):
        return bisect_right(self._starts, offset)

    def _drop_comment(self, match):
        if match.lastgroup not in ("line_comment", "block_comment"):
            return match[0]
        for number, text in enumerate(match[0].splitlines()):
            self.comments.append((self.line(match.start()) + number, text))
        return _blank(match[0])


def closing_bracket(code, start):
    """The offset of the bracket that closes the one at `start`; -1 when there is none."""
    opening, closing = code[start], _CLOSING[code[start]]
    depth = 0
    for offset in range(start, len(code)):
        if code[offset] == opening:
            depth += 1
        elif code[offset] == closing and code[offset - 1:offset + 1] not in ("->", "=>"):
            depth -= 1
            if depth == 0:
                return offset
        elif opening == "<" and code[offset] in ";{":
            return -1
    return -1


def _without_template_lists(head):
    while match := re.search(r"\btemplate\s*<", head):
        end = closing_bracket(head, match.end() - 1)
        if end < 0:
            return head
        head = head[:match.start()] + " " + head[end + 1:]
    return head


class _Scanner:
    """Walks the braces outside of functions; what a brace opens is told by the text before it."""

    def __init__(self, source):
        self._source = source
        self._code = source.code
        self.functions = []

    def scan(self):
        code, head_start, parentheses, offset = self._code, 0, 0, 0
        while offset < len(code):
            character = code[offset]
            if character in "()":
                parentheses += 1 if character == "(" else -1
            elif character == "{":
                kind = self._kind(code[head_start:offset]) if not parentheses else "value"
                if kind == "container":
                    head_start = offset + 1
                else:
                    end = self._closing_brace(offset)
                    if kind == "function":
                        self._add(head_start, end)
                        head_start = end + 1
                    offset = end
            elif character in ";}" and not parentheses:
                head_start = offset + 1
            offset += 1
        return self.functions

    @staticmethod
    def _kind(head):
        head = _without_template_lists(head)
        before_parameters = head.partition("(")[0]
        if _CONTAINER.search(before_parameters):
            return "container"
        if "(" not in head or head.rstrip().endswith("="):
            return "value"
        is_member_value = re.search(r"[\w>]\s*$", head) and _CONSTRUCTOR_LIST.search(head)
        return "value" if is_member_value else "function"

    def _closing_brace(self, start):
        depth = 0
        for offset in range(start, len(self._code)):
            if self._code[offset] == "{":
                depth += 1
            elif self._code[offset] == "}":
                depth -= 1
                if depth == 0:
                    return offset
        return len(self._code) - 1

    def _add(self, head_start, end):
        head = self._code[head_start:end]
        start = head_start + len(head) - len(head.lstrip())
        name = _NAME.search(_without_template_lists(head.partition("{")[0]).partition("(")[0])
        first, last = self._source.line(start), self._source.line(end)
        self.functions.append((first, name[1] if name else "?", last - first + 1))


def functions(source):
    """(line, name, length in lines) of every function body; a lambda counts with its function."""
    return _Scanner(source).scan()


def coroutine_parameters(source):
    """(line, name, parameters) of everything that is declared to return a Task<…>."""
    code = source.code
    for match in re.finditer(r"\bTask\s*<", code):
        end = closing_bracket(code, match.end() - 1)
        if end < 0:
            continue
        found = _parameters_after(code, end) or _parameters_before(code, match.start())
        if found:
            name, parameters = found
            yield source.line(match.start()), name, _without_inner_lists(parameters)


def _parameters_after(code, end):
    """Task<T> name(parameters)"""
    match = re.compile(r"\s*((?:\w+\s*::\s*)*(?:\w+|operator\s*\(\s*\)))\s*\(").match(code, end + 1)
    if not match:
        return None
    close = closing_bracket(code, match.end() - 1)
    return None if close < 0 else (match[1], code[match.end():close])


def _parameters_before(code, start):
    """name(parameters) -> Task<T>, and lambdas"""
    match = re.search(r"\)\s*(?:const\s*|noexcept\s*|mutable\s*)*->\s*(?:[\w]+::)*$", code[:start])
    if not match:
        return None
    depth = 0
    for offset in range(match.start(), -1, -1):
        depth += {")": 1, "(": -1}.get(code[offset], 0)
        if depth == 0:
            name = _NAME.search(code[:offset])
            return name[1] if name else "lambda", code[offset + 1:match.start()]
    return None


def _without_inner_lists(parameters):
    """Drops nested parentheses: in std::function<void(std::string_view)> nothing dangles."""
    while re.search(r"\([^()]*\)", parameters):
        parameters = re.sub(r"\([^()]*\)", "", parameters)
    return parameters
