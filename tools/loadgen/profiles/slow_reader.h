// Profile `slow-reader`: as `fanout`, but a tenth of the members read nothing for seconds on end.
// The server has to cut them off (4008), and the others must not notice. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class SlowReaderProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

}  // namespace ringtalk::loadgen
