// DateText: the value of the Date header, made anew once a second (RFC 9110 §6.6.1). One a shard,
// on its thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/response_writer.h"

namespace ringtalk::http {

class DateText {
 public:
  /// Good until the next call.
  [[nodiscard]] std::string_view at(std::int64_t unix_milliseconds) {
    const std::int64_t second = unix_milliseconds / 1000;
    if (second != second_) {
      second_ = second;
      text_ = http_date(std::chrono::system_clock::time_point(std::chrono::seconds(second)));
    }
    return text_;
  }

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

}  // namespace ringtalk::http
