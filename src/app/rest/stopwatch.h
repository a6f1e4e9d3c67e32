// Stopwatch: how long something took, for figures and logs. A value. It reads the kernel's clock:
// the reactor's stands still within a turn, and much is done in one.
#pragma once

#include <chrono>

namespace ringtalk::app::rest {

class Stopwatch {
 public:
  [[nodiscard]] std::chrono::nanoseconds elapsed() const {
    return std::chrono::steady_clock::now() - begin_;
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace ringtalk::app::rest
