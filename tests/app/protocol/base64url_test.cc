#include "app/protocol/base64url.h"

#include <gtest/gtest.h>

namespace ringtalk::app::protocol {
namespace {

TEST(Base64url, meets_the_vectors_of_rfc_4648_without_padding) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode_base64url(bytes), text);
    EXPECT_EQ(decode_base64url(text), bytes);
  }
}

TEST(Base64url, brings_every_byte_back) {
  std::string bytes;
  for (int i = 0; i < 1024; ++i) {
    bytes += static_cast<char>(i * 37);
    ASSERT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
  }
}

TEST(Base64url, refuses_what_is_not_canonical) {
  for (const char* text :
       {"Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vYmF", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n"}) {
    EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
  }
  EXPECT_EQ(decode_base64url(std::string_view("Zm9v\0", 5)), std::nullopt);
}

}  // namespace
}  // namespace ringtalk::app::protocol
