// Backoff: how long to wait between attempts to connect: doubles from a first span to a longest
// one, less up to half by chance, so that many who lost the same server do not come back in step.
// A member of whatever tries; one thread.
#pragma once

#include <chrono>
#include <random>

namespace ringtalk::reactor {

class Backoff {
 public:
  struct Limits {
    std::chrono::milliseconds first{50};
    std::chrono::milliseconds longest{1'000};
  };
  explicit Backoff(Limits limits) : limits_(limits), random_(std::random_device{}()) {}

  /// An attempt failed: how long to wait before the next one.
  [[nodiscard]] std::chrono::milliseconds next();
  /// An attempt succeeded.
  void reset() { failures_ = 0; }
  [[nodiscard]] int failures() const { return failures_; }

 private:
  Limits limits_;
  std::minstd_rand random_;
  int failures_ = 0;
};

}  // namespace ringtalk::reactor
