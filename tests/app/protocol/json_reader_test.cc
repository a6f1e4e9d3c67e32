#include "app/protocol/json_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "app/protocol/bounds.h"
#include "app/protocol/json_fields.h"

namespace ringtalk::app::protocol {
namespace {

// The code of the refusal, or nothing for an object that was accepted.
std::optional<ErrorCode> refusal_of(std::string_view text) {
  JsonReader reader;
  const auto object = read_object(reader, text);
  if (object) return std::nullopt;
  return object.error().code;
}

void expect_accepted(std::string_view text) {
  EXPECT_EQ(refusal_of(text), std::nullopt) << text;
}

void expect_malformed(std::string_view text) {
  EXPECT_EQ(refusal_of(text), ErrorCode::kMalformedJson) << text;
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

// An object in which `depth` levels are open at its deepest point.
std::string nested(std::size_t depth) {
  return R"({"a":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
}

TEST(JsonReader, accepts_objects_with_blanks_around) {
  expect_accepted("{}");
  expect_accepted(" \t\r\n{ \"a\" : [ 1 , -2.5e3 , null , true , \"x\" ] } \n");
}

TEST(JsonReader, refuses_what_is_no_json) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "{}{}",
                           "{} x",
                           "{}]",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":01}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1.}",
                           "{\"a\":NaN}",
                           "{\"a\":tru}",
                           "{\"a\":\"\t\"}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":[1,]}",
                           "{/**/}",
                           "\xef\xbb\xbf{}",
                           "nul",
                           "{\"a\":\"\\u12g4\"}",
                           "{}\\u0041"}) {
    expect_malformed(text);
  }
}

TEST(JsonReader, checks_members_that_nobody_asks_for) {
  expect_malformed(R"({"known":1,"unknown":{"deep":[01]}})");
  expect_malformed(R"({"known":1,"unknown":"\ud800"})");
}

TEST(JsonReader, refuses_a_sound_value_that_is_no_object_as_invalid) {
  for (const char* text : {"[]", "1", "\"x\"", "null", "true", "[{}]"}) {
    EXPECT_EQ(refusal_of(text), ErrorCode::kValidationFailed) << text;
  }
}

TEST(JsonReader, refuses_a_duplicate_key_at_any_depth) {
  expect_malformed(R"({"a":1,"a":1})");
  expect_malformed(R"({"b":[{"c":{"a":1,"x":2,"a":3}}]})");
  expect_accepted(R"({"a":{"a":1},"b":{"a":1}})");
}

TEST(JsonReader, compares_keys_after_unescaping) {
  expect_malformed(R"({"a":1,"\u0061":2})");
  expect_accepted(R"({"a":1,"A":2})");
}

TEST(JsonReader, finds_a_duplicate_among_many_keys) {
  for (const std::size_t count : {7U, 8U, 9U, 10U, 2000U}) {
    std::string members;
    for (std::size_t i = 0; i < count; ++i) members += "\"k" + std::to_string(i) + "\":0,";
    expect_accepted("{" + members + "\"last\":0}");
    expect_malformed("{" + members + "\"k0\":0}");
    expect_malformed("{" + members + "\"k" + std::to_string(count - 1) + "\":0}");
  }
}

TEST(JsonReader, refuses_a_nul_in_text) {
  expect_malformed(R"({"a":"x\u0000y"})");
  expect_malformed(R"({"\u0000":1})");
  expect_malformed(std::string_view("{\"a\":\"\0\"}", 9));
  expect_malformed(std::string_view("{}\0", 3));
  expect_accepted(R"({"a":"\\u0000"})");
}

TEST(JsonReader, refuses_lone_surrogates) {
  for (const char* text :
       {R"("\ud800")", R"("\udc00")", R"("\udfff")", R"("\ud800x")", R"("\ud800\u0041")",
        R"("\ud800\ud800")", R"("\ud800\ue000")", R"("\udc00\ud800")", R"("\ud83d\n\ude00")",
        R"("\uD800\\udc00")", R"("x\ud83d\ude00\ude00")", R"("\udbff\ue123")"}) {
    expect_malformed(R"({"a":)" + std::string(text) + "}");
  }
}

TEST(JsonReader, accepts_surrogates_in_pairs_and_their_neighbours) {
  JsonReader reader;
  const auto object = read_object(reader, R"({"a":"\ud83d\ude00\uD7FF\ue000\\ud800"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(std::string_view((*object)["a"]), "😀\xed\x9f\xbf\xee\x80\x80\\ud800");
}

TEST(JsonReader, refuses_invalid_utf8) {
  for (const char* bytes :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    expect_malformed("{\"a\":\"" + std::string(bytes) + "\"}");
    expect_malformed("{\"" + std::string(bytes) + "\":1}");
  }
}

TEST(JsonReader, takes_sixteen_levels_and_no_more) {
  expect_accepted(nested(kJsonDepthMax));
  expect_malformed(nested(kJsonDepthMax + 1));
  expect_accepted(R"({"a":)" + repeated(R"({"a":)", kJsonDepthMax - 1) + "1" +
                  repeated("}", kJsonDepthMax));
  expect_malformed(R"({"a":)" + repeated(R"({"a":)", kJsonDepthMax) + "1" +
                   repeated("}", kJsonDepthMax + 1));
  expect_malformed(repeated("[", 60'000));
}

TEST(JsonReader, takes_sixty_four_kibibytes_and_no_more) {
  const std::string frame = R"({"a":""})";
  const std::string filler(kJsonBytesMax - frame.size(), 'x');
  expect_accepted(R"({"a":")" + filler + R"("})");
  EXPECT_EQ(refusal_of(R"({"a":")" + filler + R"(x"})"), ErrorCode::kTooLarge);
}

TEST(JsonReader, is_as_good_after_an_error_as_before) {
  JsonReader reader;
  EXPECT_FALSE(read_object(reader, R"({"a":"\ud800"})"));
  EXPECT_FALSE(read_object(reader, "{"));
  EXPECT_TRUE(read_object(reader, "{}"));
}

TEST(JsonReader, says_what_is_wrong) {
  JsonReader reader;
  EXPECT_EQ(read_object(reader, R"({"a":1,"a":2})").error().detail, "the text has a duplicate key");
  EXPECT_EQ(read_object(reader, "").error().detail, "the text is empty");
}

}  // namespace
}  // namespace ringtalk::app::protocol
