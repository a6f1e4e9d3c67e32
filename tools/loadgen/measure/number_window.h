// NumberWindow: whether a number that only ever grows was seen before, or comes too late. A sliding
// bitmap over the last 64 numbers, as receivers guard against replays (RFC 6479 §2). A value of 16
// bytes; one thread.
#pragma once

#include <cstdint>

namespace ringtalk::loadgen {

class NumberWindow {
 public:
  enum class Verdict : std::uint8_t { kNew, kLate, kRepeated };

  /// Late: lower than one that was seen, and not seen itself; what is 64 or more below the highest
  /// is late, too, for nobody remembers it.
  Verdict take(std::uint64_t number) {
    if (number > highest_) {
      const std::uint64_t step = number - highest_;
      seen_ = step >= kWidth ? 0 : seen_ << step;
      seen_ |= 1;
      highest_ = number;
      return Verdict::kNew;
    }
    const std::uint64_t age = highest_ - number;
    if (age >= kWidth) return Verdict::kLate;
    const std::uint64_t bit = std::uint64_t{1} << age;
    if ((seen_ & bit) != 0) return Verdict::kRepeated;
    seen_ |= bit;
    return Verdict::kLate;
  }

  static constexpr std::uint64_t kWidth = 64;

 private:
  std::uint64_t highest_ = 0;  // numbers begin at 1
  std::uint64_t seen_ = 0;     // bit 0 is the highest
};

}  // namespace ringtalk::loadgen
