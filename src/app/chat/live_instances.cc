#include "app/chat/live_instances.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"
#include "cache/limits.h"

namespace ringtalk::app::chat {

using reactor::Result;
using reactor::Task;

bool LiveInstances::learn(const std::vector<InstanceId>& alive, bool is_all) {
  bool has_lost_one = false;
  if (is_all) {
    for (auto known = alive_.begin(); known != alive_.end();) {
      if (std::ranges::find(alive, *known) != alive.end()) {
        ++known;
        continue;
      }
      known = alive_.erase(known);
      has_lost_one = true;
    }
  }
  for (const InstanceId instance : alive) {
    if (instance == own_) continue;
    alive_.insert(instance);
    dead_since_.erase(instance);
  }
  return has_lost_one;
}

Task<Result<std::vector<InstanceId>>> LiveInstances::alive_among(std::vector<InstanceId> found) {
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  std::erase(found, own_);
  std::vector<InstanceId> unknown;
  for (const InstanceId instance : found) {
    if (!is_alive(instance)) unknown.push_back(instance);
  }
  if (!unknown.empty()) {
    const auto alive = co_await store_->alive_of(unknown);
    if (!alive) co_return std::unexpected(alive.error());
    learn(*alive, false);
    if (dead_since_.size() > limits::kDeadInstancesMax) dead_since_.clear();
    for (const InstanceId instance : unknown) {
      if (!is_alive(instance)) dead_since_.try_emplace(instance, reactor_.now());
    }
    std::erase_if(found, [&](InstanceId instance) { return !is_alive(instance); });
  }
  co_return found;
}

bool LiveInstances::is_long_dead(InstanceId instance) const {
  const auto found = dead_since_.find(instance);
  return found != dead_since_.end() &&
         reactor_.now() - found->second >= cache::limits::kInstanceLife;
}

}  // namespace ringtalk::app::chat
