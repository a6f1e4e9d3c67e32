#include "ws/utf8.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ringtalk::ws {
namespace {

using namespace std::string_view_literals;

constexpr std::array kValid{
    ""sv,
    "Hello"sv,
    "\0"sv,
    "\x7f"sv,
    "κόσμε"sv,
    "\u0080\u07ff\u0800\ud7ff\ue000\uffff"sv,
    "\U00010000\U0010ffff"sv,
    "a long run of ASCII that fills more than one vector, then ß and 漢字 and 😀 in a row"sv,
};

constexpr std::array kInvalid{
    "\x80"sv,                      // a continuation alone
    "\xc0\xaf"sv,                  // overlong, 2 bytes
    "\xc1\xbf"sv,                  //
    "\xe0\x9f\xbf"sv,              // overlong, 3 bytes
    "\xf0\x8f\xbf\xbf"sv,          // overlong, 4 bytes
    "\xed\xa0\x80"sv,              // a surrogate
    "\xed\xbf\xbf"sv,              //
    "\xf4\x90\x80\x80"sv,          // past U+10FFFF
    "\xf5\x80\x80\x80"sv,          //
    "\xff"sv,                      // no byte of UTF-8
    "\xc3("sv,                     // a character broken off by ASCII
    "\xe2\x82\xe2\x82\xac"sv,      // and by another character
    "κόσμε\xed\xa0\x80 edited"sv,  // Autobahn 6.4
    "\xf8\x88\x80\x80\x80"sv,      // a 5-byte form
};

bool is_valid_in_two_pieces(std::string_view text, std::size_t cut) {
  Utf8Validator validator;
  return validator.feed(text.substr(0, cut)) && validator.feed(text.substr(cut)) &&
         validator.is_complete();
}

/// The first byte after which a validator that is fed byte by byte refuses; npos: it never does.
std::size_t refused_at(std::string_view text) {
  Utf8Validator validator;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!validator.feed(text.substr(i, 1))) return i;
  }
  return std::string_view::npos;
}

TEST(Utf8, whole_texts) {
  for (const auto text : kValid) EXPECT_TRUE(is_valid_utf8(text)) << text;
  for (const auto text : kInvalid) EXPECT_FALSE(is_valid_utf8(text)) << text;
  EXPECT_FALSE(is_valid_utf8("\xe2\x82")) << "an unfinished character";
}

TEST(Utf8Validator, agrees_with_the_whole_text_at_every_cut) {
  for (const auto text : kValid) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_TRUE(is_valid_in_two_pieces(text, cut)) << text << " cut after " << cut;
    }
  }
  for (const auto text : kInvalid) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      EXPECT_FALSE(is_valid_in_two_pieces(text, cut)) << text << " cut after " << cut;
    }
  }
}

TEST(Utf8Validator, agrees_with_simdjson_on_every_pair_of_bytes_before_any_third) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : {0x61, 0x80, 0xBF}) {
        const std::string text{static_cast<char>(first), static_cast<char>(second),
                               static_cast<char>(third)};
        ASSERT_EQ(is_valid_in_two_pieces(text, 1), is_valid_utf8(text)) << first << ' ' << second;
        ASSERT_EQ(is_valid_in_two_pieces(text, 2), is_valid_utf8(text)) << first << ' ' << second;
      }
    }
  }
}

TEST(Utf8Validator, refuses_at_the_first_byte_that_cannot_be) {
  EXPECT_EQ(refused_at("ab\xff"), 2U);
  EXPECT_EQ(refused_at("\xc0\xaf"), 0U);
  EXPECT_EQ(refused_at("\xe0\x9f\xbf"), 1U);
  EXPECT_EQ(refused_at("\xed\xa0\x80"), 1U);
  EXPECT_EQ(refused_at("\xf0\x8f\xbf\xbf"), 1U);
  EXPECT_EQ(refused_at("\xf4\x90\x80\x80"), 1U);
  EXPECT_EQ(refused_at("\xe2\x82("), 2U);
  EXPECT_EQ(refused_at("\xe2\x82"), std::string_view::npos) << "it may still become one";
}

TEST(Utf8Validator, refuses_the_impossible_end_of_a_piece_before_the_next_comes) {
  Utf8Validator validator;
  EXPECT_FALSE(validator.feed("much text, then a cut surrogate: \xed\xa0"));
}

TEST(Utf8Validator, is_not_complete_inside_a_character) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed("\xf0\x9f\x98"));
  EXPECT_FALSE(validator.is_complete());
  EXPECT_TRUE(validator.feed("\x80"));
  EXPECT_TRUE(validator.is_complete());
}

}  // namespace
}  // namespace ringtalk::ws
