// Time: one steady clock for deadlines, one wall clock for what people read. A reactor reads its
// clock once a turn, so `Reactor::now()` stands still within a turn; simulations bring their own.
#pragma once

#include <chrono>
#include <cstdint>

namespace ringtalk::reactor {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// A point in time by which something must have happened (a timeout is a span).
using Deadline = TimePoint;
inline constexpr Deadline kNever = Deadline::max();

/// Where a reactor gets the time from. Implementations are called from the reactor's own thread.
class ClockSource {
 public:
  virtual ~ClockSource() = default;
  [[nodiscard]] virtual TimePoint steady_now() = 0;
  [[nodiscard]] virtual std::int64_t unix_milliseconds() = 0;
};

class SystemClock final : public ClockSource {
 public:
  [[nodiscard]] TimePoint steady_now() override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::int64_t unix_milliseconds() override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
};

}  // namespace ringtalk::reactor
