// MemoryPresenceStore: a PresenceStore without Redis, for tests and simulations. Stores of one
// MemoryPresence see the same entries, as if each had a connection of its own: it may go away and
// come back, and the MemoryPresence may forget everything. One reactor, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "cache/presence_store.h"
#include "reactor/reactor.h"

namespace ringtalk::cache {

/// What Redis would keep. Outlives its stores.
struct MemoryPresence {
  explicit MemoryPresence(reactor::Reactor& used) : reactor(used) {}

  /// As FLUSHALL, or a restart without a file.
  void forget_all() {
    entries.clear();
    alive_until.clear();
  }
  [[nodiscard]] bool is_alive(InstanceNumber instance) const {
    const auto found = alive_until.find(instance);
    return found != alive_until.end() && found->second > reactor.now();
  }

  reactor::Reactor& reactor;
  std::map<std::int64_t, std::set<InstanceNumber>> entries;
  std::map<InstanceNumber, reactor::TimePoint> alive_until;
};

class MemoryPresenceStore final : public PresenceStore {
 public:
  explicit MemoryPresenceStore(MemoryPresence& presence) : presence_(presence) {}

  /// From now on everything fails, as with an open breaker.
  void go_away() { is_up_ = false; }
  void come_back();
  reactor::Duration latency = std::chrono::milliseconds(1);
  std::size_t rounds = 0;  // of instances_of()

  void listen(Listener& listener) override { listener_ = &listener; }
  [[nodiscard]] bool is_available() const override { return is_up_; }
  bool enter(std::int64_t user, InstanceNumber instance) override;
  bool leave(std::int64_t user, InstanceNumber instance) override;
  Answer<bool> beat(InstanceNumber instance) override;
  void farewell(InstanceNumber instance) override;
  Answer<std::vector<InstanceNumber>> alive_instances() override;
  Answer<std::vector<InstanceNumber>> alive_of(std::vector<InstanceNumber> instances) override;
  Answer<std::vector<std::vector<InstanceNumber>>> instances_of(
      std::vector<std::int64_t> users) override;

 private:
  MemoryPresence& presence_;
  Listener* listener_ = nullptr;
  bool is_up_ = true;
};

}  // namespace ringtalk::cache
