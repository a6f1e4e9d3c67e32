"""tools/tidy.py on samples that break one rule each, and on their sound twins."""
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import tidy  # noqa: E402
import tidy_cpp  # noqa: E402

HEADER = "// A thing.\n// Owned by another thing, on any thread.\n#pragma once\n"


def errors(path, text):
    return [finding.text for finding in tidy.check_file(path, text) if not finding.is_warning]


def warnings(path, text):
    return [finding.text for finding in tidy.check_file(path, text) if finding.is_warning]


def function_of(lines, head="int count()"):
    return f"{head} {{\n" + "  step();\n" * (lines - 2) + "}\n"


class Includes(unittest.TestCase):
    ALLOWED = [
        ("src/http/router.cc", '"http/message.h"'),
        ("src/http/connection.cc", '"reactor/task.h"'),
        ("src/http/request_parser.cc", "<llhttp.h>"),
        ("src/ws/handshake.cc", '"http/message.h"'),
        ("src/ws/utf8.cc", "<simdjson.h>"),
        ("src/reactor/uring_backend.cc", "<liburing.h>"),
        ("src/reactor/tcp_stream.cc", "<sys/socket.h>"),
        ("src/db/pg_connection.cc", "<libpq-fe.h>"),
        ("src/cache/redis_connection.h", "<hiredis/hiredis.h>"),
        ("src/app/config/config.cc", "<CLI/CLI.hpp>"),
        ("src/app/config/toml_source.cc", "<toml++/toml.h>"),
        ("src/app/protocol/json_reader.cc", "<simdjson.h>"),
        ("src/app/protocol/command_parser.cc", '"app/limits.h"'),
        ("src/app/chat/session.cc", '"ws/connection.h"'),
        ("src/app/chat/session.cc", '"app/chat/hub.h"'),
        ("src/db/rows.h", "<tsl/robin_map.h>"),
        ("src/ws/mask.h", "<expected>"),
        ("tests/ws/mask_test.cc", "<gtest/gtest.h>"),
        ("tests/ws/mask_test.cc", '"frames.h"'),
        ("tools/loadgen/client.cc", '"app/protocol/ids.h"'),
    ]
    REFUSED = [
        ("src/reactor/reactor.cc", '"http/message.h"'),
        ("src/http/connection.cc", '"ws/handshake.h"'),
        ("src/ws/connection.cc", '"http/message.h"'),
        ("src/db/user_store.cc", '"cache/pubsub.h"'),
        ("src/cache/pubsub.cc", '"app/limits.h"'),
        ("src/app/chat/session.cc", "<libpq-fe.h>"),
        ("src/app/server.cc", "<hiredis/hiredis.h>"),
        ("src/app/main.cc", "<CLI/CLI.hpp>"),
        ("src/app/server.cc", "<toml++/toml.h>"),
        ("src/app/protocol/ids.cc", '"db/rows.h"'),
        ("src/http/connection.cc", "<sys/socket.h>"),
        ("src/db/rows.cc", "<openssl/evp.h>"),
        ("src/http/router.cc", "<boost/asio.hpp>"),
        ("src/http/router.cc", '"message.h"'),
        ("src/attic/old.cc", "<vector>"),
        ("tools/loadgen/client.cc", '"db/user_store.h"'),
        # codecs are pure
        ("src/http/request_parser.cc", '"reactor/log.h"'),
        ("src/ws/frame_parser.h", '"reactor/chunk.h"'),
        ("src/ws/message_assembler.cc", '"reactor/clock.h"'),
        ("src/app/protocol/problem.cc", '"reactor/result.h"'),
    ]

    def test_lets_through_what_the_table_allows(self):
        for path, include in self.ALLOWED:
            with self.subTest(path=path, include=include):
                text = (HEADER if path.endswith(".h") else "") + f"#include {include}\n"
                self.assertEqual(errors(path, text), [])

    def test_refuses_every_other_include(self):
        for path, include in self.REFUSED:
            with self.subTest(path=path, include=include):
                text = (HEADER if path.endswith(".h") else "") + f"#include {include}\n"
                self.assertEqual(len(errors(path, text)), 1)

    def test_passes_over_an_include_in_a_comment(self):
        self.assertEqual(errors("src/http/router.cc", '// #include "db/rows.h"\n'), [])
        self.assertEqual(errors("src/http/router.cc", '/*\n#include "db/rows.h"\n*/\n'), [])


class Sizes(unittest.TestCase):
    def test_a_file_of_500_lines_warns_and_one_of_501_fails(self):
        self.assertEqual(warnings("src/ws/mask.cc", "\n" * 300), [])
        self.assertEqual(len(warnings("src/ws/mask.cc", "\n" * 301)), 1)
        self.assertEqual(errors("src/ws/mask.cc", "\n" * 500), [])
        self.assertEqual(len(errors("src/ws/mask.cc", "\n" * 501)), 1)

    def test_a_line_has_100_columns_at_most(self):
        for path in ("src/ws/mask.cc", "tools/some.py", "dev.sh"):
            self.assertEqual(errors(path, "#" + "é" * 99 + "\n"), [])
            self.assertEqual(len(errors(path, "#" + "é" * 100 + "\n")), 1)

    def test_a_line_with_an_address_may_be_longer(self):
        self.assertEqual(errors("src/ws/mask.cc", "// https://example.com/" + "a" * 100), [])


class Functions(unittest.TestCase):
    HEADS = [
        "int count()",
        "void Parser::feed(std::span<const std::byte> bytes) const noexcept",
        "template <class T, class U>\nT convert(U value)",
        "Shard::Shard(Config& config) : config_{config}, reactor_(config), pool_{reactor_}",
        "Shard::Shard()\n    : config_{Config{.port = 1}}",
        "Shard::~Shard()",
        "auto find(int key = 3, Options options = {}) -> Task<void>",
        "bool operator==(const Id& left, const Id& right)",
        "TEST(Shard, closes_in_three_steps)",
    ]

    def test_measures_every_kind_of_function(self):
        for head in self.HEADS:
            with self.subTest(head=head):
                extra = head.count("\n")
                for wrapped in ("{}", "namespace ringtalk {{\nnamespace {{\n{}}}\n}}\n"):
                    at_bound = wrapped.format(function_of(60 - extra, head))
                    past_bound = wrapped.format(function_of(61 - extra, head))
                    self.assertEqual(errors("src/app/shard.cc", at_bound), [])
                    self.assertEqual(len(errors("src/app/shard.cc", past_bound)), 1)

    def test_measures_members_within_a_class(self):
        body = function_of(61, "  void run() override")
        text = f"class Shard final : public Base {{\n public:\n{body}\n  int count_ = 0;\n}};\n"
        self.assertEqual(len(errors("src/app/shard.cc", text)), 1)

    def test_a_long_class_namespace_or_table_is_no_function(self):
        for head in ("class Shard", "namespace ringtalk", "enum class Code",
                     "constexpr std::array<int, 70> kTable =", "constexpr Table kTable"):
            with self.subTest(head=head):
                self.assertEqual(errors("src/app/shard.cc", f"{head} {{\n" + "\n" * 70 + "};\n"),
                                 [])

    def test_braces_in_literals_comments_and_macros_do_not_count(self):
        noise = ["  a('{');", '  b("{ \\" {");', "  // {", "  /* { */", '  c(R"x({ " {)x");',
                 "  d(1'000'000);", "#define OPEN {", "  e('\\'', '{');"]
        text = "void f() {\n" + "\n".join(noise) + "\n}\n" + function_of(5, "void g()")
        self.assertEqual([(name, length) for _, name, length
                          in tidy_cpp.functions(tidy_cpp.Source(text))],
                         [("f", len(noise) + 2), ("g", 5)])

    def test_measures_python_and_shell(self):
        for lines, expected in ((60, 0), (61, 1)):
            python = "def count():\n" + "    step()\n" * (lines - 1)
            shell = "count() {\n" + "    step\n" * (lines - 2) + "}\n"
            self.assertEqual(len(errors("tools/some.py", python)), expected)
            self.assertEqual(len(errors("tools/some.sh", shell)), expected)


class Coroutines(unittest.TestCase):
    REFUSED = [
        "Task<void> send(std::string_view text);",
        "reactor::Task<Result<std::vector<int>>> Stream::read(int a, std::span<std::byte> into) {}",
        "auto send(std::string_view text) -> reactor::Task<void>;",
        "auto send = [](std::optional<std::string_view> text) -> Task<void> { co_return; };",
        "Task<void>\nsend(int number,\n     std::span<const std::byte> bytes);",
    ]
    SOUND = [
        "Task<void> send(std::string text);",
        "Task<Result<int>> count(Store& store, std::vector<std::string> names);",
        "void send(std::string_view text);",
        "Task<void> visit(std::function<void(std::string_view)> visitor);",
        "// Task<void> send(std::string_view text);",
        "std::string_view name(const Task<void>& task);",
    ]

    def test_refuses_parameters_that_may_dangle(self):
        for text in self.REFUSED:
            with self.subTest(text=text):
                self.assertEqual(len(errors("src/app/shard.cc", text + "\n")), 1)

    def test_lets_values_and_references_through(self):
        for text in self.SOUND:
            with self.subTest(text=text):
                self.assertEqual(errors("src/app/shard.cc", text + "\n"), [])


class Comments(unittest.TestCase):
    def test_a_todo_needs_an_issue(self):
        mark = "TO" + "DO"
        for path, comment in (("src/app/shard.cc", "//"), ("tools/some.py", "#"),
                              ("tools/some.sh", "#")):
            with self.subTest(path=path):
                self.assertEqual(len(errors(path, f"f()  {comment} {mark}: later\n")), 1)
                self.assertEqual(errors(path, f"f()  {comment} {mark}(#12): later\n"), [])
        self.assertEqual(len(errors("src/app/shard.cc", f"/* one\n {mark} two */\n")), 1)
        self.assertEqual(errors("src/app/shard.cc", f'f("{mark}");\n'), [])

    def test_a_header_begins_with_two_to_six_lines_of_comment(self):
        for lines, expected in ((0, 1), (1, 1), (2, 0), (6, 0), (7, 1)):
            for text in ("// why\n" * lines + "#pragma once\nint f();\n",
                         "#pragma once\n\n" + "// why\n" * lines + "int f();\n"):
                with self.subTest(text=text):
                    self.assertEqual(len(errors("src/app/shard.h", text)), expected)

    def test_more_may_follow_the_opening_after_an_empty_comment_line(self):
        text = "// why\n" * 3 + "//\n" + "// contract\n" * 9 + "#pragma once\nint f();\n"
        self.assertEqual(errors("src/app/shard.h", text), [])

    def test_a_header_needs_pragma_once(self):
        self.assertEqual(len(errors("src/app/shard.h", "// why\n" * 2 + "int f();\n")), 1)


class Tree(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return tidy.check_tree(Path(folder))

    def test_reads_every_folder_but_those_that_are_made(self):
        bad = "\n" * 501
        findings, files = self.check({"src/ws/a.cc": bad, "build/dev/b.cc": bad, "var/c.py": bad,
                                      "tests/d.py": bad, "dev": "#!/bin/sh\n" + bad})
        self.assertEqual((len(findings), files), (3, 3))

    def test_a_finding_names_file_and_line(self):
        findings, _ = self.check({"src/ws/a.cc": '#include <vector>\n#include "db/rows.h"\n'})
        self.assertTrue(str(findings[0]).startswith("src/ws/a.cc:2: "), findings)


if __name__ == "__main__":
    unittest.main()
