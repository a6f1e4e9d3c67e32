// Profile `mvp`: two million messages a day among 20,000 users, 5,000 of them connected, with the
// other acts of `mixed` around them. The day has its shape: a quiet night, a hump at noon and a
// higher one in the evening; --day-factor makes it pass faster. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class MvpProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
  [[nodiscard]] Schedule::Rate rate(const Plan& plan) const override;
  [[nodiscard]] bool watches_memory() const override { return true; }
};

/// How busy an hour of the day (0..24) is; its mean over the day is 1.
[[nodiscard]] double busyness(double hour);

}  // namespace ringtalk::loadgen
