// Profile `idle`: --users hold a connection each and do nothing, as members of --conversations
// groups of --members. What the server's memory grows by is told per connection. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class IdleProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
  [[nodiscard]] bool watches_memory() const override { return true; }
};

}  // namespace ringtalk::loadgen
