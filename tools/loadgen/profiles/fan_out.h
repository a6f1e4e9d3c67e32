// Profile `fanout`: one writes, --members others hear it, in --conversations groups. Stateless,
// main's thread, but for the drivers it makes.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class FanOutProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

/// A server takes no more in one conversation.
inline constexpr std::uint32_t kMembersMax = 1000;

struct GroupShape {
  std::uint32_t groups = 0;
  std::uint32_t members = 0;  // of each
  std::uint32_t users = 0;    // among whom; some are in several where there are fewer than places
};
void add_groups(WorldPlan& world, const GroupShape& shape);

}  // namespace ringtalk::loadgen
