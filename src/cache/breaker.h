// Breaker: whether it is worth waiting for Redis. Opens after so many timeouts in a row; while it
// is open its owner fails callers at once and sends a probe now and then. Closes when a probe was
// answered in time. Pure; member of a connection.
#pragma once

#include <cstdint>

#include "reactor/clock.h"

namespace ringtalk::cache {

class Breaker {
 public:
  struct Limits {
    int timeouts_max = 5;
    reactor::Duration probe_timeout{};
  };
  explicit Breaker(Limits limits) : limits_(limits) {}

  [[nodiscard]] bool is_open() const { return is_open_; }

  void answered_in_time() { timeouts_ = 0; }
  /// True when this one opens it.
  bool timed_out() {
    ++timeouts_;
    if (is_open_ || timeouts_ < limits_.timeouts_max) return false;
    is_open_ = true;
    return true;
  }

  /// A probe is due: open, and none is under way.
  [[nodiscard]] bool wants_probe() const { return is_open_ && !is_probing_; }
  void probe_sent(reactor::TimePoint now) {
    is_probing_ = true;
    probe_sent_at_ = now;
  }
  /// True when this answer closes it.
  bool probe_answered(reactor::TimePoint now, bool is_well) {
    is_probing_ = false;
    if (!is_well || now - probe_sent_at_ > limits_.probe_timeout) return false;
    reset();
    return true;
  }
  /// A new connection begins without a grudge.
  void reset() {
    timeouts_ = 0;
    is_open_ = false;
    is_probing_ = false;
  }

 private:
  const Limits limits_;
  int timeouts_ = 0;
  bool is_open_ = false;
  bool is_probing_ = false;
  reactor::TimePoint probe_sent_at_;
};

}  // namespace ringtalk::cache
