#include "loadgen/measure/payload.h"

#include <gtest/gtest.h>

#include <limits>

namespace ringtalk::loadgen {
namespace {

constexpr Payload kLargest{.run = std::numeric_limits<std::uint32_t>::max(),
                           .sender = std::numeric_limits<std::uint32_t>::max(),
                           .number = std::numeric_limits<std::uint64_t>::max(),
                           .intended_ns = std::numeric_limits<std::int64_t>::max()};

void expect_same(const std::optional<Payload>& read, const Payload& written) {
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->run, written.run);
  EXPECT_EQ(read->sender, written.sender);
  EXPECT_EQ(read->number, written.number);
  EXPECT_EQ(read->intended_ns, written.intended_ns);
}

TEST(Payload, is_read_as_it_was_written) {
  for (const Payload& payload :
       {kLargest, Payload{},
        Payload{.run = 0xbeef, .sender = 17, .number = 4'242, .intended_ns = 1}}) {
    std::string content;
    append_payload(content, payload, kPayloadBytesMin);
    expect_same(read_payload(content), payload);
  }
}

TEST(Payload, has_exactly_the_wanted_size_and_never_less_than_the_fields) {
  for (const std::size_t bytes : {kPayloadBytesMin, kPayloadBytesMin + 1, std::size_t{1'000}}) {
    std::string content = "before";
    append_payload(content, kLargest, bytes);
    EXPECT_EQ(content.size(), 6 + bytes);
  }
  std::string content;
  append_payload(content, kLargest, kPayloadBytesMin - 1);
  EXPECT_EQ(content.size(), kPayloadBytesMin);
  expect_same(read_payload(content), kLargest);
}

TEST(Payload, needs_no_escape_in_json) {
  std::string content;
  append_payload(content, kLargest, 500);
  for (const char each : content)
    EXPECT_TRUE(each >= ' ' && each <= '~' && each != '"' && each != '\\') << each;
}

TEST(Payload, passes_over_what_is_not_ours) {
  for (const std::string_view content :
       {"", "hello", "rt1.", "rt1.1.2.3", "rt1.1.2.3.4", "rt1.1.2..4.", "rt2.1.2.3.4.",
        "rt1.100000000.2.3.4.", "rt1.1.100000000.3.4.", "rt1.1.2.10000000000000000.4.",
        "rt1.1.2.3.8000000000000000.", "rt1.-1.2.3.4.", "rt1.x.2.3.4.", " rt1.1.2.3.4."})
    EXPECT_FALSE(read_payload(content).has_value()) << content;
  expect_same(read_payload("rt1.1.2.3.4."), {.run = 1, .sender = 2, .number = 3, .intended_ns = 4});
}

TEST(Payload, is_found_in_an_event_without_reading_its_json) {
  expect_same(find_payload(R"({"op":"event","event":{"seq":9,"content":"rt1.1.2.a.4.the"}})"),
              {.run = 1, .sender = 2, .number = 10, .intended_ns = 4});
  EXPECT_FALSE(
      find_payload(R"({"op":"event","event":{"content":"say \"content\":\"rt1.1.2.3.4."}})"));
  EXPECT_FALSE(find_payload(R"({"op":"pong"})"));
}

}  // namespace
}  // namespace ringtalk::loadgen
