// RequestIds: the id of each request, the client's own when it is sane. One a shard, on its thread:
// random bytes are drawn from the kernel a page at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "http/message.h"

namespace ringtalk::app::rest {

class RequestIds {
 public:
  [[nodiscard]] std::string id_of(const http::Request& request);
  [[nodiscard]] std::string make();

 private:
  static constexpr std::size_t kIdBytes = 12;

  std::array<std::uint8_t, kIdBytes * 256> random_{};
  std::size_t used_ = random_.size();
};

}  // namespace ringtalk::app::rest
