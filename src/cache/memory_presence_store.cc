#include "cache/memory_presence_store.h"

#include <utility>

#include "cache/limits.h"

namespace ringtalk::cache {
namespace {

auto away() {
  return reactor::fail(reactor::ErrorKind::kUnavailable, "the store is away");
}

}  // namespace

void MemoryPresenceStore::come_back() {
  is_up_ = true;
  if (listener_ != nullptr) listener_->store_came_up();
}

bool MemoryPresenceStore::enter(std::int64_t user, InstanceNumber instance) {
  if (is_up_) presence_.entries[user].insert(instance);
  return is_up_;
}

bool MemoryPresenceStore::leave(std::int64_t user, InstanceNumber instance) {
  if (!is_up_) return false;
  const auto found = presence_.entries.find(user);
  if (found == presence_.entries.end()) return true;
  found->second.erase(instance);
  if (found->second.empty()) presence_.entries.erase(found);
  return true;
}

PresenceStore::Answer<bool> MemoryPresenceStore::beat(InstanceNumber instance) {
  co_await presence_.reactor.sleep_for(latency);
  if (!is_up_) co_return away();
  const bool was_alive = presence_.is_alive(instance);
  presence_.alive_until[instance] = presence_.reactor.now() + limits::kInstanceLife;
  co_return was_alive;
}

void MemoryPresenceStore::farewell(InstanceNumber instance) {
  if (!is_up_ || !presence_.is_alive(instance)) return;
  presence_.alive_until[instance] = presence_.reactor.now() + limits::kInstanceFarewell;
}

PresenceStore::Answer<std::vector<InstanceNumber>> MemoryPresenceStore::alive_instances() {
  std::vector<InstanceNumber> all;
  for (const auto& [instance, until] : presence_.alive_until) all.push_back(instance);
  co_return co_await alive_of(std::move(all));
}

PresenceStore::Answer<std::vector<InstanceNumber>> MemoryPresenceStore::alive_of(
    std::vector<InstanceNumber> instances) {
  co_await presence_.reactor.sleep_for(latency);
  if (!is_up_) co_return away();
  std::erase_if(instances, [&](InstanceNumber instance) { return !presence_.is_alive(instance); });
  co_return instances;
}

PresenceStore::Answer<std::vector<std::vector<InstanceNumber>>> MemoryPresenceStore::instances_of(
    std::vector<std::int64_t> users) {
  ++rounds;
  co_await presence_.reactor.sleep_for(latency);
  if (!is_up_) co_return away();
  std::vector<std::vector<InstanceNumber>> instances;
  for (const std::int64_t user : users) {
    const auto found = presence_.entries.find(user);
    if (found == presence_.entries.end()) {
      instances.emplace_back();
    } else {
      instances.emplace_back(found->second.begin(), found->second.end());
    }
  }
  co_return instances;
}

}  // namespace ringtalk::cache
