// Quantity: one number of a result by its name, as thresholds and comparisons speak of it:
//   ack.p99  deliver.max  lag.mean      of a series, a duration
//   acked  errors  lost  holes          a count over the measured window
//   acked.rate                          a counter a second
//   figure:bytes_per_connection         a figure of a profile
// A value; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

struct Quantity {
  enum class Kind : std::uint8_t { kPercentile, kMin, kMean, kCount, kRate, kAccount, kFigure };

  std::string name;  // as it was given
  Kind kind = Kind::kPercentile;
  Series series{};
  double percent = 0;
  Counter counter{};
  std::uint64_t Accounts::* account = nullptr;
  std::string figure;

  [[nodiscard]] bool is_duration() const {
    return kind == Kind::kPercentile || kind == Kind::kMin || kind == Kind::kMean;
  }
  /// Durations in nanoseconds. Nothing when the run had no such thing.
  [[nodiscard]] std::optional<double> of(const RunResult& result) const;
  /// For people, with its unit.
  [[nodiscard]] std::string show(double value) const;
};

struct TextFault {
  std::size_t position = 0;  // of the character, from 0
  std::string words;         // what is wrong there and what is allowed
};
/// "--threshold 'akc.p99<1ms': at character 1: ..."
[[nodiscard]] std::string in_words(std::string_view option, std::string_view text,
                                   const TextFault& fault);

/// `default_series`: of a statistic that names none ("p99"); empty: then it is a fault.
[[nodiscard]] std::expected<Quantity, TextFault> parse_quantity(
    std::string_view text, std::string_view default_series = {});

[[nodiscard]] std::optional<Series> series_named(std::string_view name);

}  // namespace ringtalk::loadgen
