// PresenceStore: on which instances a user has connections, and which instances are alive: what
// they know of each other. A hint as everything here: entries may be missing, or left over from an
// instance that was killed. RedisPresenceStore is the real one, MemoryPresenceStore that of tests.
// Owned by a shard; the reactor's thread.
//
// An instance beats; whoever is found on one that beats no more is not there. Entries expire after
// kPresenceEntryLife, if nobody renews them.
#pragma once

#include <cstdint>
#include <vector>

#include "reactor/pinned.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::cache {

/// Tells running instances apart; chosen at random by each when it starts.
using InstanceNumber = std::uint64_t;

class PresenceStore : reactor::Pinned {
 public:
  class Listener {
   public:
    /// There is a connection, or a new one: it may have forgotten everything.
    virtual void store_came_up() = 0;
    /// An enter() or leave() of this user may not have been done.
    virtual void write_lost(std::int64_t user) = 0;

   protected:
    ~Listener() = default;
  };
  template <class T>
  using Answer = reactor::Task<reactor::Result<T>>;

  virtual ~PresenceStore() = default;

  /// At most one, from before the connection is opened to its close.
  virtual void listen(Listener& listener) = 0;
  [[nodiscard]] virtual bool is_available() const = 0;

  /// The user has connections to the instance; or renews the entry. In the order of the calls, and
  /// not waited for. False: known to be lost.
  virtual bool enter(std::int64_t user, InstanceNumber instance) = 0;
  virtual bool leave(std::int64_t user, InstanceNumber instance) = 0;

  /// The instance is alive for kInstanceLife from now on. False when it was not before: it is new,
  /// or its entries may have been taken for left over, or were lost with everything else.
  virtual Answer<bool> beat(InstanceNumber instance) = 0;
  /// The instance ends: it is alive for kInstanceFarewell, in which its users go elsewhere.
  virtual void farewell(InstanceNumber instance) = 0;

  /// Of all that have ever beaten: who is alive.
  virtual Answer<std::vector<InstanceNumber>> alive_instances() = 0;
  /// Those of `instances` that are alive, in their order.
  virtual Answer<std::vector<InstanceNumber>> alive_of(std::vector<InstanceNumber> instances) = 0;
  /// For each of `users` (at most kPresenceRoundMax), in their order: where there is an entry. In
  /// one round.
  virtual Answer<std::vector<std::vector<InstanceNumber>>> instances_of(
      std::vector<std::int64_t> users) = 0;
};

}  // namespace ringtalk::cache
