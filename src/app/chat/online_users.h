// OnlineUsers: who has a live connection to this instance. A user is counted on one shard, the
// owner of the id, whatever shards the connections are on; everybody asks there. One per shard; the
// member functions but count() run on the shard of the caller.
#pragma once

#include <cstdint>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/bus_link.h"
#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

class OnlineUsers : reactor::Pinned {
 public:
  OnlineUsers(reactor::Reactor& reactor, ShardDirectory& directory, BusLink& link)
      : reactor_(reactor), directory_(directory), link_(link) {}

  void connected(protocol::UserId user) { change(user, +1); }
  void disconnected(protocol::UserId user) { change(user, -1); }

  /// For each of `users`, in their order: is there a connection?
  [[nodiscard]] reactor::Task<std::vector<bool>> are_online(std::vector<protocol::UserId> users);
  [[nodiscard]] reactor::Task<bool> is_online(protocol::UserId user);

  /// Of the users that this shard owns: its thread.
  [[nodiscard]] std::size_t count() const { return connections_.size(); }

 private:
  void change(protocol::UserId user, int by);
  void count_here(protocol::UserId user, int by);

  reactor::Reactor& reactor_;
  ShardDirectory& directory_;
  BusLink& link_;
  tsl::robin_map<protocol::UserId, std::int32_t> connections_;  // of the users owned here, > 0
};

}  // namespace ringtalk::app::chat
