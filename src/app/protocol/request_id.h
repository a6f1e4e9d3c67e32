// The request id that an answer, its log line and its problem share.
// Pure functions, any thread. A client's own X-Request-Id is used when it is sane: 1..64 bytes of
// [A-Za-z0-9._-], so that it can go into a header and a log as it is.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtalk::app::protocol {

bool is_sane_request_id(std::string_view text);

// 16 characters of base64url, from 12 bytes that the caller drew at random.
std::string make_request_id(const std::array<std::uint8_t, 12>& random);

}  // namespace ringtalk::app::protocol
