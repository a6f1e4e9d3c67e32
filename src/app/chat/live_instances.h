// LiveInstances: which other instances are alive, as this shard knows it: from the looks of the
// Heartbeat, from letters that it hears, and from its own questions about those that it does not
// know. One per shard, its thread.
#pragma once

#include <vector>

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include "app/chat/bus_letter.h"
#include "cache/presence_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

class LiveInstances : reactor::Pinned {
 public:
  /// `store`: null where this instance is alone.
  LiveInstances(reactor::Reactor& reactor, cache::PresenceStore* store, InstanceId own)
      : reactor_(reactor), store_(store), own_(own) {}

  [[nodiscard]] InstanceId own() const { return own_; }
  [[nodiscard]] bool is_alive(InstanceId instance) const { return alive_.contains(instance); }

  /// These are alive. `is_all`: and no others. True when somebody was taken for alive who is not.
  bool learn(const std::vector<InstanceId>& alive, bool is_all);
  void saw(InstanceId instance) { alive_.insert(instance); }

  /// What remains of `found` without us and without the dead; asks for those that are not known.
  [[nodiscard]] reactor::Task<reactor::Result<std::vector<InstanceId>>> alive_among(
      std::vector<InstanceId> found);
  /// Found dead now and also a life before: what it left behind may be removed.
  [[nodiscard]] bool is_long_dead(InstanceId instance) const;

 private:
  reactor::Reactor& reactor_;
  cache::PresenceStore* const store_;
  const InstanceId own_;
  tsl::robin_set<InstanceId> alive_;
  tsl::robin_map<InstanceId, reactor::TimePoint> dead_since_;
};

}  // namespace ringtalk::app::chat
