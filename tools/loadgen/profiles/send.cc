#include "loadgen/profiles/send.h"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/profiles/writers.h"

namespace ringtalk::loadgen {

void add_pairs(WorldPlan& world, std::uint32_t users) {
  for (std::uint32_t user = 0; user + 1 < users; user += 2) {
    world.conversations.push_back({.is_group = false, .members = {user, user + 1}});
  }
}

void SendProfile::fill_in(Plan& plan) const {
  set_if_open(plan.senders, plan.users > 0 ? std::max(plan.users / 2, 1U) : 50U);
  set_if_open(plan.users, 2 * plan.senders);
  set_if_open(plan.rate, 500.0);
  plan.conversations = plan.users / 2;
  plan.members = 2;
}

std::optional<std::string> SendProfile::fault(const Plan& plan) const {
  if (plan.users < 2 || plan.users % 2 != 0)
    return "--users: an even number, for they talk in pairs";
  if (plan.senders > plan.users) {
    return fmt::format("--senders {}: more than the {} users", plan.senders, plan.users);
  }
  return std::nullopt;
}

WorldPlan SendProfile::world(const Plan& plan) const {
  WorldPlan world{.users = plan.users, .connected = plan.users};
  add_pairs(world, plan.users);
  return world;
}

// The first of each pair, then the second ones.
std::unique_ptr<Driver> SendProfile::driver(Station& station) const {
  const Plan& plan = station.plan();
  const std::uint32_t pairs = plan.users / 2;
  std::vector<Writer> writers;
  for (std::uint32_t i = 0; i < plan.senders; ++i) {
    const std::uint32_t pair = i % pairs;
    writers.push_back({.user = 2 * pair + i / pairs, .conversation = pair});
  }
  return std::make_unique<WriterDriver>(station, writers);
}

}  // namespace ringtalk::loadgen
