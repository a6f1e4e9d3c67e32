// TrafficProfile: what makes one profile: its defaults, its people and conversations, and the
// driver of each thread. Small, without state; profiles/ has one class each.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "loadgen/plan.h"
#include "loadgen/traffic/driver.h"
#include "loadgen/traffic/schedule.h"
#include "loadgen/traffic/world.h"

namespace ringtalk::loadgen {

class Station;

class TrafficProfile {
 public:
  virtual ~TrafficProfile() = default;

  /// Gives what the command line left open (zeros) the profile's own values.
  virtual void fill_in(Plan& plan) const = 0;
  /// What cannot be done of a plan that is filled in, in words.
  [[nodiscard]] virtual std::optional<std::string> fault(const Plan& plan) const {
    static_cast<void>(plan);
    return std::nullopt;
  }
  [[nodiscard]] virtual WorldPlan world(const Plan& plan) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Driver> driver(Station& station) const = 0;
  /// Of all threads together.
  [[nodiscard]] virtual Schedule::Rate rate(const Plan& plan) const {
    return ramped(plan.rate, plan.ramp);
  }
  /// The server's memory is looked at: before the connections, and each second.
  [[nodiscard]] virtual bool watches_memory() const { return false; }
};

[[nodiscard]] std::unique_ptr<TrafficProfile> make_profile(Profile profile);

/// `value`, or the default where it was left open.
template <class Value>
void set_if_open(Value& value, Value by_default) {
  if (value == Value{}) value = by_default;
}

}  // namespace ringtalk::loadgen
