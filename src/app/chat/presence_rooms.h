// PresenceRooms: all that one shard has for presence, in the order of who needs whom: who is
// connected here, when they were last seen, which instances live, who is watched, who watches, and
// what is told to the other instances. Member of the Shard; its thread.
#pragma once

#include <cstddef>
#include <optional>

#include "app/chat/bus_link.h"
#include "app/chat/heartbeat.h"
#include "app/chat/last_seen_writer.h"
#include "app/chat/live_instances.h"
#include "app/chat/online_users.h"
#include "app/chat/presence.h"
#include "app/chat/watched_users.h"
#include "app/chat/watchers.h"
#include "app/shard_directory.h"
#include "cache/presence_store.h"
#include "db/last_seen_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

struct PresenceRooms final : reactor::Pinned, cache::PresenceStore::Listener {
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    BusLink& link;
    cache::PresenceStore* store = nullptr;  // null: one instance alone
    db::LastSeenStore& last_seen;
    InstanceId instance = 0;
    std::size_t shard = 0;
  };
  explicit PresenceRooms(const Environment& environment);

  void add_to(ShardPort& port);
  /// Before bus and store are opened.
  void open();
  /// Tells no other shard anything from here on: they may be gone.
  void hush();
  /// While the store and the database are still there; also when it was never opened.
  [[nodiscard]] reactor::Task<void> close();

  void store_came_up() override;
  void write_lost(std::int64_t user) override;

  cache::PresenceStore* const store;
  OnlineUsers online_users;
  LastSeenWriter last_seen_writer;
  LiveInstances instances;
  WatchedUsers watched_users;
  Watchers watchers;
  Presence presence;
  std::optional<Heartbeat> heartbeat;  // of the first shard, with a store
};

}  // namespace ringtalk::app::chat
