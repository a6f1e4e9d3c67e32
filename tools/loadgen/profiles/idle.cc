#include "loadgen/profiles/idle.h"

#include <fmt/format.h>

#include "loadgen/profiles/fan_out.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {
namespace {

class IdleDriver final : public Driver {
 public:
  double share() const override { return 0; }
  std::uint32_t lanes() const override { return 0; }
  void act(reactor::TimePoint, Lane) override {}
};

}  // namespace

void IdleProfile::fill_in(Plan& plan) const {
  set_if_open(plan.users, 1000U);
  if (plan.conversations > 0) set_if_open(plan.members, 10U);
  plan.rate = 0;
  plan.warmup = {};
}

std::optional<std::string> IdleProfile::fault(const Plan& plan) const {
  if (plan.members > plan.users || plan.members > kMembersMax) {
    return fmt::format("--members {}: at most the {} users, and {}", plan.members, plan.users,
                       kMembersMax);
  }
  return std::nullopt;
}

WorldPlan IdleProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .connected = plan.users};
  add_groups(world, {.groups = plan.conversations, .members = plan.members, .users = plan.users});
  return world;
}

std::unique_ptr<Driver> IdleProfile::driver(Station&) const {
  return std::make_unique<IdleDriver>();
}

}  // namespace ringtalk::loadgen
