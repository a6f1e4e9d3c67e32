#include "app/auth/secrets.h"

#include <sodium.h>

#include <cassert>

#include "app/protocol/base64url.h"

namespace ringtalk::app::auth {

namespace {

constexpr std::size_t kRefreshTokenBytes = 32;

// Safe to call again and again, from any thread.
void need_sodium() {
  const int result = sodium_init();
  assert(result >= 0);
}

}  // namespace

void fill_random(std::span<std::uint8_t> bytes) {
  need_sodium();
  randombytes_buf(bytes.data(), bytes.size());
}

RefreshToken make_refresh_token() {
  const auto bytes = random_bytes<kRefreshTokenBytes>();
  RefreshToken token{.text = protocol::encode_base64url(
                         {reinterpret_cast<const char*>(bytes.data()), bytes.size()})};
  token.hash = hash_refresh_token(token.text);
  return token;
}

TokenHash hash_refresh_token(std::string_view text) {
  static_assert(std::tuple_size_v<TokenHash> == crypto_hash_sha256_BYTES);
  TokenHash hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

std::string encode_hex(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::optional<std::string> decode_hex(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int result = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                    text.data(), text.size(), nullptr, &size, &end);
  if (result != 0 || end != text.data() + text.size() || size * 2 != text.size()) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace ringtalk::app::auth
