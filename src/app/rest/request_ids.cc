#include "app/rest/request_ids.h"

#include <algorithm>
#include <span>

#include "app/auth/secrets.h"
#include "app/protocol/request_id.h"

namespace ringtalk::app::rest {

std::string RequestIds::id_of(const http::Request& request) {
  const auto own = request.header("X-Request-Id");
  if (own && protocol::is_sane_request_id(*own)) return std::string(*own);
  return make();
}

std::string RequestIds::make() {
  if (used_ == random_.size()) {
    auth::fill_random(random_);
    used_ = 0;
  }
  std::array<std::uint8_t, kIdBytes> bytes{};
  std::ranges::copy(std::span(random_).subspan(used_, kIdBytes), bytes.begin());
  used_ += kIdBytes;
  return protocol::make_request_id(bytes);
}

}  // namespace ringtalk::app::rest
