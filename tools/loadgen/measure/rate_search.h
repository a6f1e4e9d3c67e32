// RateSearch: the highest rate at which a condition holds, found by trying: --find-max. Doubles
// until it fails (or halves until it holds), then halves the distance until the two ends are within
// 5 %. It only says what to try next; who drives it runs the steps. Pure, one thread.
#pragma once

#include <cstdint>
#include <optional>

namespace ringtalk::loadgen {

class RateSearch {
 public:
  enum class Verdict : std::uint8_t {
    kHeld,
    kFailed,
    kInvalid,  // the generator could not: a bound as well, but not the server's
  };
  static constexpr double kGrowth = 2;
  static constexpr double kResolution = 0.05;
  static constexpr double kRateMin = 1;
  static constexpr double kRateMax = 10'000'000;

  explicit RateSearch(double first_rate);

  /// The rate to try; nothing when the search is over.
  [[nodiscard]] std::optional<double> next() const;
  /// Of the rate that next() gave.
  void judge(Verdict verdict);

  /// The highest that held; 0 when none did.
  [[nodiscard]] double best() const { return held_; }
  /// What ended the growth was the generator's own limit: the server may do more.
  [[nodiscard]] bool is_bound_by_generator() const { return is_bound_by_generator_; }
  [[nodiscard]] int steps() const { return steps_; }

 private:
  double first_rate_;
  double held_ = 0;    // highest
  double failed_ = 0;  // lowest; 0: none yet
  bool is_bound_by_generator_ = false;
  int steps_ = 0;
};

}  // namespace ringtalk::loadgen
