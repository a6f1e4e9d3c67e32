#include "app/chat/presence_letter.h"

#include <gtest/gtest.h>

namespace ringtalk::app::chat {
namespace {

constexpr PresenceLetter kLetter{
    .from = 0xfedc'ba98'7654'3210, .user = {77}, .is_online = false, .last_seen_ms = 1'234};

TEST(PresenceLetter, reads_what_it_has_written) {
  const std::string bytes = write_presence_letter(kLetter);
  EXPECT_EQ(parse_presence_letter(bytes), kLetter);
  EXPECT_EQ(sender_of(bytes), kLetter.from) << "as of every letter";
}

TEST(PresenceLetter, other_bytes_are_none) {
  const std::string bytes = write_presence_letter(kLetter);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(parse_presence_letter(bytes.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(parse_presence_letter(bytes + "x"), std::nullopt);
  std::string other_format = bytes;
  other_format[0] = 2;
  EXPECT_EQ(parse_presence_letter(other_format), std::nullopt);
  PresenceLetter nobody = kLetter;
  nobody.user = {};
  EXPECT_EQ(parse_presence_letter(write_presence_letter(nobody)), std::nullopt);
}

}  // namespace
}  // namespace ringtalk::app::chat
