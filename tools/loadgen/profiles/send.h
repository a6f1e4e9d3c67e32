// Profile `send`: 1:1. Conversations of two; in the first --senders of them the one writes and the
// other hears. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class SendProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

/// Users 0 and 1, 2 and 3, …: a conversation of two each.
void add_pairs(WorldPlan& world, std::uint32_t users);

}  // namespace ringtalk::loadgen
