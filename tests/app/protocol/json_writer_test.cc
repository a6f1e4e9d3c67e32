#include "app/protocol/json_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace ringtalk::app::protocol {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

TEST(JsonText, escapes_quotes_backslashes_and_controls) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("plain é 😀 / \x7f"), "\"plain é 😀 / \x7f\"");
  EXPECT_EQ(json_of("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_of("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_of(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
}

// Every byte at every place of the 8-byte words that are looked at together.
TEST(JsonText, is_read_back_by_a_parser_wherever_the_escape_lies) {
  simdjson::dom::parser parser;
  for (int byte = 1; byte < 0x80; ++byte) {
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'x');
      text[place] = static_cast<char>(byte);
      text[(place + 1) % 20] = ' ';  // a byte just above the controls, which a borrow would touch
      const std::string json = json_of(text);
      std::string_view read;
      ASSERT_EQ(parser.parse(json).get_string().get(read), simdjson::SUCCESS) << json;
      ASSERT_EQ(read, text);
      const bool is_escaped = byte < 0x20 || byte == '"' || byte == '\\';
      ASSERT_EQ(json.size() > text.size() + 2, is_escaped) << json;
    }
  }
}

TEST(JsonText, leaves_bytes_of_utf8_alone_at_every_place) {
  for (std::size_t shift = 0; shift < 9; ++shift) {
    const std::string text = std::string(shift, '"') + "äöü€😀\u2028";
    std::string expected = "\"";
    for (std::size_t i = 0; i < shift; ++i) expected += "\\\"";
    EXPECT_EQ(json_of(text), expected + "äöü€😀\u2028\"");
  }
}

TEST(JsonWriter, minds_its_commas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.text("a", "x").number("b", -5).boolean("c", true).null("d");
  json.key("e").begin_array();
  json.begin_array().end_array().begin_object().end_object();
  json.number(1).number(2);
  json.end_array();
  json.key("f").begin_object().end_object();
  json.id("g", UserId{7}).time("h", 0);
  json.key("i").id(MessageId{.conversation_id = {3}, .seq = 4});
  json.key("j").uuid(Uuid{});
  json.nested("k", [](std::string& text, int value) { text += std::to_string(value); }, 12);
  json.key("l").raw("[]");
  json.end_object();
  EXPECT_EQ(out, R"({"a":"x","b":-5,"c":true,"d":null,"e":[[],{},1,2],"f":{},"g":"7",)"
                 R"("h":"1970-01-01T00:00:00.000Z","i":"3-4",)"
                 R"("j":"00000000-0000-0000-0000-000000000000","k":12,"l":[]})");
}

TEST(JsonWriter, writes_the_extremes_of_numbers) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.number(std::numeric_limits<std::int64_t>::min());
  json.number(std::numeric_limits<std::int64_t>::max());
  json.end_array();
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807]");
}

}  // namespace
}  // namespace ringtalk::app::protocol
