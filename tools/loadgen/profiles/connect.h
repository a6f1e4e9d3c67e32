// Profile `connect`: users come one after another, at a rate, until all --users are there. Open
// loop: from the time at which each should begin; closed: --in-flight of them come at once.
// Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class ConnectProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

}  // namespace ringtalk::loadgen
