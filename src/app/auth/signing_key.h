// The secret that signs access tokens: at least 256 bits (RFC 7518 §3.2), the same on every
// instance. A value made once at start; any thread. Reading and making files blocks, so it is for
// main alone. Its text is `hex:…`, `base64url:…` (no padding), or anything else, which stands for
// its own bytes, less the line end that an editor leaves in a file. So `openssl rand -hex 32` is a
// good key as it is.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace ringtalk::app::auth {

inline constexpr std::size_t kSigningKeyBytesMin = 32;
inline constexpr std::size_t kSigningKeyBytesMax = 1024;

struct SigningKey {
  std::string bytes;
};

// Errors are sentences for the operator; they never tell the key.
std::expected<SigningKey, std::string> parse_signing_key(std::string_view text);
std::expected<SigningKey, std::string> read_signing_key(const std::filesystem::path& file);

// For development: the key in `file`, made at random when there is no such file (mode 0600, its
// folder too). Two servers that start at once end up with the same one.
std::expected<SigningKey, std::string> read_or_make_signing_key(const std::filesystem::path& file);

}  // namespace ringtalk::app::auth
