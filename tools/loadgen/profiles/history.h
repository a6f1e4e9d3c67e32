// Profile `history`: --conversations logs of --messages are paged through over REST, half of the
// time from the newest message, half from anywhere. A page that leaves a message out, or is out of
// order, counts as a hole or as reordered. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class HistoryProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

}  // namespace ringtalk::loadgen
