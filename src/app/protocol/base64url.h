// Base64url without padding (RFC 4648 §5), as JWTs, cursors and refresh tokens use it.
// Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::protocol {

std::string encode_base64url(std::string_view bytes);

// Strict: no padding, no blanks, and only the canonical text of those bytes (spare bits are 0), so
// that no two texts stand for the same bytes.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace ringtalk::app::protocol
