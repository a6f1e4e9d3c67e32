// Presence: tells the other instances which of the users that this shard owns are online here, and
// answers whether users are online anywhere. One per shard; the questions run on the shard of the
// caller, the rest on its own.
//
// What the store holds of us is written when it changes, renewed long before it expires, and
// written anew, in steps, when the store may have lost it. Without the store everybody is where we
// see him: here, or nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tsl/robin_set.h>

#include "app/chat/bus_link.h"
#include "app/chat/last_seen_writer.h"
#include "app/chat/live_instances.h"
#include "app/chat/online_users.h"
#include "app/chat/watched_users.h"
#include "cache/presence_store.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class Presence final : reactor::Pinned, OnlineUsers::Observer {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    OnlineUsers& online_users;
    BusLink& link;
    cache::PresenceStore* store = nullptr;  // null: one instance alone
    LiveInstances& instances;
    WatchedUsers& watched_users;
    LastSeenWriter& last_seen_writer;
  };
  explicit Presence(const Environment& environment)
      : environment_(environment),
        until_renewal_(environment.reactor),
        pacing_(environment.reactor) {}

  void open();
  /// Writes no more; when the last of them were here goes to the LastSeenWriter. Also when it was
  /// never opened.
  [[nodiscard]] reactor::Task<void> close();

  /// For each of `users`, in their order: online anywhere, as far as can be told at once? One round
  /// of questions to Redis for those who are not here, two where an instance is new.
  [[nodiscard]] reactor::Task<std::vector<bool>> are_online(std::vector<protocol::UserId> users);
  [[nodiscard]] reactor::Task<bool> is_online(protocol::UserId user);

  /// All of ours are written anew.
  void write_all();
  /// What was written of this user may not have been done.
  void write_lost(protocol::UserId user);

 private:
  void came_online(protocol::UserId user) override;
  void went_offline(protocol::UserId user, std::int64_t last_seen_ms) override;

  /// As it is now. False: known to be lost.
  [[nodiscard]] bool say(protocol::UserId user, std::int64_t last_seen_ms);
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> write_all_in_steps();
  [[nodiscard]] reactor::Task<void> ask_elsewhere(const std::vector<protocol::UserId>& users,
                                                  std::vector<bool>& online);

  const Environment environment_;
  tsl::robin_set<protocol::UserId> unsure_;  // users of whom a write was lost, perhaps
  bool is_write_wanted_ = false;
  bool is_closing_ = false;
  reactor::Pause until_renewal_;
  reactor::Pause pacing_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
