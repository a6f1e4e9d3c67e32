// Profile `reconnect`: people talk in pairs, and --drop-rate connections a second end without a
// word. Each comes back at once and is told what it missed; how long that took is the series
// `resume`. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class ReconnectProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

}  // namespace ringtalk::loadgen
