// Random bytes, and the refresh tokens made of them.
// Pure functions over the kernel's random numbers, any thread; they do not block.
// A refresh token is 256 random bits as base64url. The store keeps only its SHA-256: whoever reads
// the table can log in with none of it, and 256 random bits need no slow hash.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringtalk::app::auth {

void fill_random(std::span<std::uint8_t> bytes);

template <std::size_t kSize>
std::array<std::uint8_t, kSize> random_bytes() {
  std::array<std::uint8_t, kSize> bytes;
  fill_random(bytes);
  return bytes;
}

using TokenHash = std::array<std::uint8_t, 32>;

struct RefreshToken {
  std::string text;  // 43 characters, for the client
  TokenHash hash{};  // for the store
};

RefreshToken make_refresh_token();
// Of whatever text a client brings: one that is no token has a hash that no row has.
TokenHash hash_refresh_token(std::string_view text);

std::string encode_hex(std::span<const std::uint8_t> bytes);
// Digits in either case, an even number of them, and nothing else.
std::optional<std::string> decode_hex(std::string_view text);

}  // namespace ringtalk::app::auth
