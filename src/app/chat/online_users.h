// OnlineUsers: who has a live connection to this instance, or had one a moment ago: whoever comes
// back within the grace was never gone. A user is counted on one shard, the owner of the id,
// whatever shards the connections are on; everybody asks there. One per shard; connected(),
// disconnected() and the questions run on the shard of the caller, the rest on its own.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/bus_link.h"
#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "db/last_seen_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::app::chat {

class OnlineUsers : reactor::Timer {
 public:
  class Observer {
   public:
    virtual void came_online(protocol::UserId user) = 0;
    /// The grace is over. `last_seen_ms`: when the last connection ended.
    virtual void went_offline(protocol::UserId user, std::int64_t last_seen_ms) = 0;

   protected:
    ~Observer() = default;
  };

  OnlineUsers(reactor::Reactor& reactor, ShardDirectory& directory, BusLink& link)
      : reactor_(reactor), directory_(directory), link_(link) {}

  /// At most one, of the users that this shard owns.
  void observe(Observer* observer) { observer_ = observer; }

  void connected(protocol::UserId user) { change(user, +1); }
  void disconnected(protocol::UserId user) { change(user, -1); }

  /// For each of `users`, in their order: on this instance, or in the grace?
  [[nodiscard]] reactor::Task<std::vector<bool>> are_online(std::vector<protocol::UserId> users);

  // Of the users that this shard owns: its thread.
  [[nodiscard]] bool is_here(protocol::UserId user) const {
    return connections_.contains(user) || leaving_.contains(user);
  }
  [[nodiscard]] std::vector<protocol::UserId> all_here() const;
  /// Those in the grace, as if it ended now.
  [[nodiscard]] std::vector<db::LastSeen> leaving() const;
  /// With a connection.
  [[nodiscard]] std::size_t count() const { return connections_.size(); }

 private:
  struct Leaving {
    reactor::TimePoint due;
    std::int64_t left_at_ms = 0;
  };
  struct Grace {
    protocol::UserId user;
    reactor::TimePoint due;
  };

  void change(protocol::UserId user, int by);
  void count_here(protocol::UserId user, int by);
  void arrived(protocol::UserId user);
  void departed(protocol::UserId user);
  void expired() override;

  reactor::Reactor& reactor_;
  ShardDirectory& directory_;
  BusLink& link_;
  Observer* observer_ = nullptr;
  tsl::robin_map<protocol::UserId, std::int32_t> connections_;  // of the users owned here, > 0
  tsl::robin_map<protocol::UserId, Leaving> leaving_;
  std::deque<Grace> graces_;  // by time; those of who has come back count no more
};

}  // namespace ringtalk::app::chat
