#include "app/protocol/text_rules.h"

#include <gtest/gtest.h>

#include "app/protocol/bounds.h"

namespace ringtalk::app::protocol {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

// A rule that counts code points takes up to `max` of them, be they of one byte or of four.
void expect_bounds(TextRule rule, std::size_t min, std::size_t max) {
  for (const char* letter : {"x", "é", "€", "😀"}) {
    if (min > 0) {
      EXPECT_TRUE(rule(repeated(letter, min - 1))) << letter;
    }
    EXPECT_FALSE(rule(repeated(letter, min))) << letter;
    EXPECT_FALSE(rule(repeated(letter, max))) << letter;
    EXPECT_TRUE(rule(repeated(letter, max + 1))) << letter;
  }
}

TEST(TextRules, bound_every_text_in_code_points) {
  expect_bounds(user_name_fault, 1, 64);
  expect_bounds(conversation_name_fault, 1, 128);
  expect_bounds(password_fault, 8, 128);
  expect_bounds(content_fault, 1, 4096);
  expect_bounds(ref_fault, 0, 64);
}

TEST(TextRules, refuse_control_characters_in_names) {
  for (const char* name :
       {"a\nb", "a\tb", "\x1b[31m", "a\x7f", "a\xc2\x85", "a\u2028b", "a\u2029"}) {
    EXPECT_EQ(user_name_fault(name), "must not contain control characters") << name;
  }
}

TEST(TextRules, refuse_blank_names_and_keep_blanks_within) {
  for (const char* name : {" ", "   ", "\u00a0", "\u3000 \u2003", "\u202f\u205f\u1680"}) {
    EXPECT_EQ(conversation_name_fault(name), "must not be blank") << name;
  }
  for (const char* name : {" a ", "Ann Lee", "王\u3000芳", "O'Neil <b>", "👩‍👩‍👧"}) {
    EXPECT_FALSE(user_name_fault(name)) << name;
  }
}

TEST(TextRules, let_content_be_anything_but_empty) {
  EXPECT_FALSE(content_fault(" "));
  EXPECT_FALSE(content_fault("line\nline\t\x01"));
  EXPECT_TRUE(content_fault(""));
}

TEST(TextRules, know_addresses) {
  for (const char* email : {"a@b.c", "alice@example.com", "a.b+c@sub.example.co.uk",
                            "\"x\"@example.org", "üm@exämple.de", "a@b-c.d"}) {
    EXPECT_FALSE(email_fault(email)) << email;
  }
  for (const char* email :
       {"", "alice", "@example.com", "alice@", "alice@example", "a@b@c.d", "al ice@example.com",
        "alice@exam ple.com", "alice@.com", "alice@example.", "alice@a..b", "alice\n@example.com",
        "alice\u00a0@example.com", "alice@example.com ", "a@."}) {
    EXPECT_TRUE(email_fault(email)) << email;
  }
}

TEST(TextRules, bound_addresses_as_a_whole_and_before_the_at) {
  const std::string domain = "@example.com";
  EXPECT_FALSE(email_fault(std::string(64, 'a') + domain));
  EXPECT_TRUE(email_fault(std::string(65, 'a') + domain));
  EXPECT_FALSE(email_fault("a@" + std::string(254 - 4, 'b') + ".c"));
  EXPECT_TRUE(email_fault("a@" + std::string(255 - 4, 'b') + ".c"));
}

TEST(TextRules, fold_addresses_in_ascii_only) {
  EXPECT_EQ(fold_email("ALICE@Example.COM"), "alice@example.com");
  EXPECT_EQ(fold_email("ÄZ[@`{.x"), "Äz[@`{.x");
}

}  // namespace
}  // namespace ringtalk::app::protocol
