#include "reactor/log_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "reactor/log_record.h"
#include "reactor/log_ring.h"

namespace ringtalk::reactor {
namespace {

constexpr std::int64_t kNoon = 1'795'435'200'123;  // 2026-11-23T12:00:00.123Z

// --- format ---

std::string as_text(const LogRecord& record, bool with_colours = false) {
  std::string line;
  append_text_line(line, record, with_colours);
  return line;
}

std::string as_json(const LogRecord& record) {
  std::string line;
  append_json_line(line, record);
  return line;
}

TEST(LogFormat, writes_a_line_for_people) {
  EXPECT_EQ(as_text({.unix_milliseconds = kNoon,
                     .event = "ws.closed",
                     .fields = {{"session", 7}, {"code", 1009}, {"clean", true}}}),
            "12:00:00.123 INFO  ws.closed session=7 code=1009 clean=true\n");
}

TEST(LogFormat, writes_an_object_for_machines) {
  EXPECT_EQ(as_json({.unix_milliseconds = kNoon,
                     .level = LogLevel::kError,
                     .event = "db.lost",
                     .fields = {{"pool", "write"}, {"waited", 1.5}, {"left", 3U}, {"up", false}}}),
            R"({"time":"2026-11-23T12:00:00.123Z","level":"error","event":"db.lost",)"
            R"("pool":"write","waited":1.5,"left":3,"up":false})"
            "\n");
}

TEST(LogFormat, keeps_the_ends_of_the_integers) {
  const LogRecord record{.unix_milliseconds = kNoon,
                         .event = "x",
                         .fields = {{"a", std::numeric_limits<std::int64_t>::min()},
                                    {"b", std::numeric_limits<std::uint64_t>::max()}}};
  EXPECT_EQ(as_text(record),
            "12:00:00.123 INFO  x a=-9223372036854775808 b=18446744073709551615\n");
}

TEST(LogFormat, json_has_null_for_numbers_that_json_has_not) {
  const std::string line =
      as_json({.event = "x", .fields = {{"a", std::nan("")}, {"b", -INFINITY}}});
  EXPECT_TRUE(line.ends_with(R"("a":null,"b":null})"
                             "\n"))
      << line;
}

TEST(LogFormat, quotes_text_that_is_not_a_plain_word) {
  EXPECT_EQ(as_text({.unix_milliseconds = kNoon,
                     .event = "x",
                     .fields = {{"a", "two words"}, {"b", ""}, {"c", "k=v"}, {"d", "say \"hi\""}}}),
            "12:00:00.123 INFO  x a=\"two words\" b=\"\" c=\"k=v\" d=\"say \\\"hi\\\"\"\n");
}

TEST(LogFormat, escapes_what_could_forge_lines_or_steer_a_terminal) {
  std::string out;
  append_quoted(out, std::string_view("a\nb\r\x1b[2J\x00\x7f\xc2\x9b", 12));
  EXPECT_EQ(out, R"("a\nb\u000d\u001b[2J\u0000\u007f\u009b")");
}

TEST(LogFormat, replaces_invalid_utf8_and_keeps_valid_utf8) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
      {"\xff", "\ufffd"},
      {"\xc0\xaf", "\ufffd\ufffd"},                      // overlong
      {"\xe0\x80\x80", "\ufffd\ufffd\ufffd"},            // overlong
      {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},            // a surrogate
      {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},  // past U+10FFFF
      {"\xe2\x82", "\ufffd\ufffd"},                      // cut off
      {"\xe2\x82z", "\ufffd\ufffdz"},
  };
  for (const auto& [input, expected] : cases) {
    std::string out;
    append_quoted(out, input);
    EXPECT_EQ(out, '"' + expected + '"');
  }
}

TEST(LogFormat, colours_only_when_asked_to) {
  const LogRecord record{.unix_milliseconds = kNoon, .event = "x", .fields = {{"a", 1}}};
  EXPECT_EQ(as_text(record).find('\x1b'), std::string::npos);
  EXPECT_NE(as_text(record, true).find('\x1b'), std::string::npos);
}

// --- record ---

LogRecord pack_and_unpack(LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields, std::vector<std::byte>& bytes) {
  bytes.resize(kLogRecordBytesMax);
  const auto packed =
      pack({.unix_milliseconds = kNoon, .level = level, .event = event, .fields = fields}, bytes);
  LogRecord record;
  unpack(packed, record);
  return record;
}

TEST(LogRecord, comes_out_as_it_went_in) {
  std::vector<std::byte> bytes;
  const LogRecord record = pack_and_unpack(
      LogLevel::kWarn, "a.b",
      {{"i", -5}, {"u", 5U}, {"d", 0.25}, {"yes", true}, {"t", "text"}, {"e", ""}}, bytes);
  EXPECT_EQ(as_text(record), "12:00:00.123 WARN  a.b i=-5 u=5 d=0.25 yes=true t=text e=\"\"\n");
  EXPECT_FALSE(record.cut);
}

TEST(LogRecord, cuts_a_value_past_its_limit_and_says_so) {
  std::vector<std::byte> bytes;
  const std::string at_limit(kLogTextBytesMax, 'x');
  LogRecord record = pack_and_unpack(LogLevel::kInfo, "e", {{"v", at_limit}}, bytes);
  EXPECT_FALSE(record.cut);
  EXPECT_EQ(std::get<std::string_view>(record.fields[0].value), at_limit);

  record = pack_and_unpack(LogLevel::kInfo, "e", {{"v", at_limit + "x"}}, bytes);
  EXPECT_TRUE(record.cut);
  EXPECT_EQ(std::get<std::string_view>(record.fields[0].value), at_limit);
  EXPECT_TRUE(as_json(record).ends_with(R"(,"cut":true})"
                                        "\n"));
}

TEST(LogRecord, cuts_between_characters) {
  std::vector<std::byte> bytes;
  const std::string text = std::string(kLogTextBytesMax - 1, 'x') + "\u20ac";
  const LogRecord record = pack_and_unpack(LogLevel::kInfo, "e", {{"v", text}}, bytes);
  EXPECT_EQ(std::get<std::string_view>(record.fields[0].value),
            std::string(kLogTextBytesMax - 1, 'x'));
}

TEST(LogRecord, leaves_out_the_fields_that_have_no_room) {
  std::vector<std::byte> bytes;
  const std::string large(kLogTextBytesMax, 'x');
  const LogRecord record = pack_and_unpack(LogLevel::kInfo, "e",
                                           {{"1", large},
                                            {"2", large},
                                            {"3", large},
                                            {"4", large},
                                            {"5", large},
                                            {"6", large},
                                            {"7", large},
                                            {"8", large}},
                                           bytes);
  EXPECT_EQ(record.fields.size(), 7U);
  EXPECT_TRUE(record.cut);
}

// --- ring ---

TEST(LogRing, drops_and_counts_what_has_no_room_and_goes_on) {
  LogRing ring;
  const std::vector<std::byte> record(1000);
  std::size_t pushed = 0;
  while (ring.push(record)) ++pushed;
  EXPECT_EQ(pushed, LogRing::kBytes / 1004);
  EXPECT_EQ(ring.dropped(), 1U);
  std::vector<std::byte> popped;
  EXPECT_TRUE(ring.pop(popped));
  EXPECT_TRUE(ring.push(record));
}

TEST(LogRing, hands_records_of_all_sizes_from_thread_to_thread) {
  constexpr std::size_t kRecords = 50'000;
  LogRing ring;
  std::thread producer([&ring] {
    std::vector<std::byte> record;
    for (std::size_t i = 0; i < kRecords; ++i) {
      record.assign(1 + i % 300, static_cast<std::byte>(i));
      while (!ring.push(record)) std::this_thread::yield();
    }
  });
  std::vector<std::byte> record;
  for (std::size_t i = 0; i < kRecords; ++i) {
    while (!ring.pop(record)) std::this_thread::yield();
    ASSERT_EQ(record, std::vector<std::byte>(1 + i % 300, static_cast<std::byte>(i)));
  }
  producer.join();
}

}  // namespace
}  // namespace ringtalk::reactor
