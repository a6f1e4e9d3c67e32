#include "app/protocol/request_id.h"

#include <algorithm>

#include "app/protocol/base64url.h"
#include "app/protocol/bounds.h"

namespace ringtalk::app::protocol {

bool is_sane_request_id(std::string_view text) {
  const auto is_sane = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= kRequestIdBytesMax && std::ranges::all_of(text, is_sane);
}

std::string make_request_id(const std::array<std::uint8_t, 12>& random) {
  return encode_base64url({reinterpret_cast<const char*>(random.data()), random.size()});
}

}  // namespace ringtalk::app::protocol
