// The options of the profiles: name, bounds, which profiles take them, how they get into the Plan.
// Help, parsing and refusals are all made of this table. Constant; main thread.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "loadgen/plan.h"

namespace ringtalk::loadgen {

/// What is wrong with a value, without the option's name: "12x is no number".
using Applied = std::expected<void, std::string>;

struct Option {
  std::string_view name;  // without --
  std::string_view form;  // "N", "TIME"; empty: a switch
  std::string_view help;
  std::string_view bounds;  // in words, shown in help and refusals; empty: none to tell
  std::uint32_t profiles;   // a bit each
  bool may_repeat = false;
  Applied (*apply)(Plan& plan, const std::string& value);

  [[nodiscard]] bool is_of(Profile profile) const {
    return (profiles >> static_cast<unsigned>(profile) & 1U) != 0;
  }
};

[[nodiscard]] std::span<const Option> option_table();

/// What no option can see alone: which exclude each other, which need each other. `is_given` by
/// name.
[[nodiscard]] Applied check_together(const Plan& plan, bool has_rate, bool has_in_flight);

}  // namespace ringtalk::loadgen
