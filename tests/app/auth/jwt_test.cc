#include "app/auth/jwt.h"

#include <gtest/gtest.h>

#include <string>

#include "app/protocol/base64url.h"

namespace ringtalk::app::auth {
namespace {

using protocol::encode_base64url;

// RFC 7515 appendix A.1.
constexpr std::string_view kRfcKey =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
constexpr std::string_view kRfcToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

SigningKey rfc_key() {
  return {.bytes = protocol::decode_base64url(kRfcKey).value()};
}

SigningKey key_of(char filler) {
  return {.bytes = std::string(32, filler)};
}

constexpr std::int64_t kNow = 1'795'428'000;

Claims claims() {
  return {.user_id = {42},
          .login_id = {7},
          .token_id = protocol::parse_uuid("f81d4fae-7dec-41d0-a765-00a0c91e6bf6").value(),
          .issued_at_s = kNow,
          .expires_at_s = kNow + 900};
}

class Jwt : public testing::Test {
 protected:
  // Why a token that must be refused was.
  JwtError error_of(std::string_view token, std::int64_t now_s = kNow) {
    const auto result = codec_.verify(token, now_s);
    EXPECT_FALSE(result) << token;
    return result ? JwtError{} : result.error();
  }

  JwtCodec codec_{key_of('k')};
};

TEST_F(Jwt, meets_the_vector_of_rfc_7515) {
  JwtCodec codec(rfc_key());
  EXPECT_EQ(codec.open(kRfcToken),
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
}

TEST_F(Jwt, refuses_the_vector_spoilt_in_any_byte) {
  JwtCodec codec(rfc_key());
  for (std::size_t i = 0; i < kRfcToken.size(); ++i) {
    for (const char other : {'A', 'B', 'z', '9', '-', '.', '=', '\0'}) {
      std::string token(kRfcToken);
      if (token[i] == other) continue;
      token[i] = other;
      ASSERT_FALSE(codec.open(token)) << i << ' ' << token;
    }
    std::string shorter(kRfcToken);
    shorter.erase(i, 1);
    ASSERT_FALSE(codec.open(shorter)) << shorter;
  }
}

TEST_F(Jwt, gives_back_the_claims_it_signed) {
  const std::string token = codec_.sign(claims());
  EXPECT_EQ(codec_.verify(token, kNow), claims());
}

TEST_F(Jwt, verifies_again_and_again_on_one_codec) {
  const std::string token = codec_.sign(claims());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(codec_.verify(token, kNow));
    ASSERT_EQ(error_of(token + "A"), JwtError::kMalformed);
  }
}

TEST_F(Jwt, is_good_until_the_second_of_its_expiry) {
  const std::string token = codec_.sign(claims());
  EXPECT_TRUE(codec_.verify(token, kNow + 899));
  EXPECT_EQ(error_of(token, kNow + 900), JwtError::kExpired);
}

TEST_F(Jwt, of_another_key_has_a_bad_signature_even_when_expired) {
  JwtCodec other(key_of('o'));
  EXPECT_EQ(error_of(other.sign(claims())), JwtError::kBadSignature);
  EXPECT_EQ(error_of(other.sign(claims()), kNow + 10'000), JwtError::kBadSignature);
}

TEST_F(Jwt, of_another_algorithm_is_malformed) {
  const std::string token = codec_.sign(claims());
  const std::string rest = token.substr(token.find('.'));
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"hs256"})",
        R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":""})", R"({"alg":null})",
        R"({"alg":["HS256"]})", R"({"typ":"JWT"})", R"({"alg":"none","alg":"HS256"})", "{", "[]",
        "\"HS256\"", "", R"({"alg":"HS256","crit":["exp"]})"}) {
    EXPECT_EQ(error_of(encode_base64url(header) + rest), JwtError::kMalformed) << header;
  }
}

TEST_F(Jwt, of_alg_none_without_a_signature_is_malformed) {
  const std::string token = codec_.sign(claims());
  const std::string payload = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
  EXPECT_EQ(error_of(encode_base64url(R"({"alg":"none"})") + payload + "."), JwtError::kMalformed);
  EXPECT_EQ(error_of(token.substr(0, token.rfind('.') + 1)), JwtError::kMalformed);
}

TEST_F(Jwt, with_a_foreign_header_of_our_algorithm_is_judged_by_its_signature) {
  const std::string token = codec_.sign(claims());
  const std::string header = encode_base64url(R"({"alg":"HS256","typ":"at+jwt","kid":"1"})");
  EXPECT_EQ(error_of(header + token.substr(token.find('.'))), JwtError::kBadSignature);
}

TEST_F(Jwt, without_our_claims_is_malformed_though_well_signed) {
  JwtCodec codec(rfc_key());
  const auto result = codec.verify(kRfcToken, 0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), JwtError::kMalformed);
}

TEST_F(Jwt, must_have_exactly_three_parts) {
  const std::string token = codec_.sign(claims());
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b"),
        token + ".", "." + token, token + "." + token, " " + token, token + " ", token + "\n"}) {
    EXPECT_EQ(error_of(text), JwtError::kMalformed) << text;
  }
}

TEST_F(Jwt, is_refused_with_padding) {
  EXPECT_EQ(error_of(codec_.sign(claims()) + "="), JwtError::kMalformed);
}

TEST_F(Jwt, is_refused_past_4096_bytes_before_any_work) {
  // A payload that makes the token as long as is wanted; it is not signed, which shows what was
  // read.
  const auto unsigned_token = [](std::size_t size) {
    const std::string head = encode_base64url(R"({"alg":"HS256"})") + ".";
    const std::string tail = "." + encode_base64url(std::string(32, 's'));
    return head + std::string(size - head.size() - tail.size(), 'A') + tail;
  };
  EXPECT_EQ(error_of(unsigned_token(kJwtBytesMax)), JwtError::kBadSignature);
  EXPECT_EQ(error_of(unsigned_token(kJwtBytesMax + 1)), JwtError::kMalformed);
}

}  // namespace
}  // namespace ringtalk::app::auth
