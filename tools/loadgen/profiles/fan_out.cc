#include "loadgen/profiles/fan_out.h"

#include <fmt/format.h>

#include "loadgen/profiles/writers.h"

namespace ringtalk::loadgen {

void add_groups(WorldPlan& world, const GroupShape& shape) {
  for (std::uint32_t group = 0; group < shape.groups; ++group) {
    ConversationPlan plan{.is_group = true};
    for (std::uint32_t i = 0; i < shape.members; ++i) {
      plan.members.push_back((group * shape.members + i) % shape.users);
    }
    world.conversations.push_back(std::move(plan));
  }
}

void FanOutProfile::fill_in(Plan& plan) const {
  set_if_open(plan.members, 100U);
  set_if_open(plan.conversations, 1U);
  set_if_open(plan.senders, plan.conversations);
  set_if_open(plan.users, plan.conversations * (plan.members + 1));
  set_if_open(plan.rate, 20.0);
}

std::optional<std::string> FanOutProfile::fault(const Plan& plan) const {
  if (plan.members >= kMembersMax) {
    return fmt::format("--members {}: at most {} besides the one who writes", plan.members,
                       kMembersMax - 1);
  }
  if (plan.users <= plan.members) {
    return fmt::format("--users {}: a group needs --members {} and the one who writes", plan.users,
                       plan.members);
  }
  if (plan.senders > plan.conversations * (plan.members + 1)) {
    return fmt::format("--senders {}: more than there are members", plan.senders);
  }
  return std::nullopt;
}

WorldPlan FanOutProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .connected = plan.users};
  add_groups(world,
             {.groups = plan.conversations, .members = plan.members + 1, .users = plan.users});
  return world;
}

std::unique_ptr<Driver> FanOutProfile::driver(Station& station) const {
  const Plan& plan = station.plan();
  std::vector<Writer> writers;
  for (std::uint32_t i = 0; i < plan.senders; ++i) {
    const std::uint32_t conversation = i % plan.conversations;
    const auto& members = station.world().conversations[conversation].members;
    writers.push_back({.user = members[i / plan.conversations], .conversation = conversation});
  }
  return std::make_unique<WriterDriver>(station, writers);
}

}  // namespace ringtalk::loadgen
