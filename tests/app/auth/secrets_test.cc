#include "app/auth/secrets.h"

#include <gtest/gtest.h>

#include <set>

#include "app/protocol/base64url.h"

namespace ringtalk::app::auth {
namespace {

TEST(RefreshToken, has_256_bits_as_base64url) {
  const RefreshToken token = make_refresh_token();
  EXPECT_EQ(token.text.size(), 43U);
  EXPECT_EQ(protocol::decode_base64url(token.text).value().size(), 32U);
}

TEST(RefreshToken, is_known_by_the_hash_of_its_text) {
  const RefreshToken token = make_refresh_token();
  EXPECT_EQ(hash_refresh_token(token.text), token.hash);
  EXPECT_NE(hash_refresh_token(token.text + "x"), token.hash);
}

TEST(RefreshToken, is_never_the_same) {
  std::set<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.insert(make_refresh_token().text);
  EXPECT_EQ(texts.size(), 1000U);
}

TEST(TokenHash, is_sha_256) {
  EXPECT_EQ(encode_hex(hash_refresh_token("abc")),  // FIPS 180-2 appendix B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hex, goes_there_and_back) {
  const std::array<std::uint8_t, 3> bytes{0x00, 0xab, 0xff};
  EXPECT_EQ(encode_hex(bytes), "00abff");
  EXPECT_EQ(decode_hex("00aBFf"), std::string("\0\xab\xff", 3));
  EXPECT_EQ(decode_hex(""), "");
}

TEST(Hex, is_refused_in_any_other_form) {
  for (const char* text : {"0", "abc", "0g", "ab cd", "ab:cd", "0x00", "ab\n"}) {
    EXPECT_EQ(decode_hex(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ringtalk::app::auth
