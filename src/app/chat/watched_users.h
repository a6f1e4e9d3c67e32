// WatchedUsers: of the users that this shard owns, those whom somebody on this instance watches:
// which shards want to know, on which instances they are, and what was told of them last. One per
// shard, its thread; Watchers tell it by letters.
//
// A new one is read once the channel of the user is heard: subscribe first, read second. What is
// read tells the state, letters tell the changes. All are read again now and then, and some time
// after the bus or the store was away: by then the others have written their users anew. Until then
// what was told last stands, for nobody is offline because we are deaf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/bus_link.h"
#include "app/chat/last_seen_writer.h"
#include "app/chat/live_instances.h"
#include "app/chat/online_users.h"
#include "app/chat/presence_state.h"
#include "app/shard_directory.h"
#include "cache/presence_store.h"
#include "db/last_seen_store.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::app::chat {

class WatchedUsers final : BusLink::PresenceReceiver, reactor::Timer {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    BusLink& link;
    cache::PresenceStore* store = nullptr;  // null: one instance alone
    LiveInstances& instances;
    OnlineUsers& online_users;
    db::LastSeenStore& last_seen;
    LastSeenWriter& last_seen_writer;
  };
  explicit WatchedUsers(const Environment& environment) : environment_(environment) {}

  /// Before the bus is opened.
  void open();
  /// Reads no more. When nobody watches any more, before the destructor.
  [[nodiscard]] reactor::Task<void> close();

  // By letter, from the Watchers of `shard`:
  void watch(protocol::UserId user, std::size_t shard);
  void unwatch(protocol::UserId user, std::size_t shard);

  // From this shard's Presence:
  void came_online(protocol::UserId user);
  void went_offline(protocol::UserId user, std::int64_t last_seen_ms);
  /// All are read again, a while from now.
  void read_all_soon();

  /// From the Heartbeat. `is_all`: whoever is missing is dead, and so are his entries.
  void learn_instances(const std::vector<InstanceId>& alive, bool is_all);

  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  struct Watched {
    std::vector<std::size_t> shards;
    std::vector<InstanceId> elsewhere;  // alive ones that have said, or were found, to have him
    std::optional<std::int64_t> last_seen_ms;
    std::optional<PresenceState> told;  // nothing: not read yet
    std::uint64_t letters = 0;          // heard; what was read meanwhile may be older
    bool is_due = false;                // stands in due_
  };
  using Batch = std::vector<std::pair<protocol::UserId, std::uint64_t>>;  // with its letters then
  struct Findings;

  void heard_presence(const PresenceLetter& letter) override;
  void hears_presence(protocol::UserId user) override;
  void lost_presence() override;
  void expired() override;

  [[nodiscard]] PresenceState state_of(protocol::UserId user, const Watched& watched) const;
  void tell_change(protocol::UserId user, Watched& watched);
  void tell(std::size_t shard, std::vector<PresenceNews> news);

  void want_read(protocol::UserId user, Watched& watched);
  [[nodiscard]] reactor::Task<void> read_due();
  [[nodiscard]] Batch take_batch();
  [[nodiscard]] reactor::Task<void> read(Batch batch);
  [[nodiscard]] reactor::Task<reactor::Result<std::vector<std::vector<InstanceId>>>> read_instances(
      std::vector<std::int64_t> users);
  void apply(const Batch& batch, const Findings& findings);

  const Environment environment_;
  tsl::robin_map<protocol::UserId, Watched> users_;
  std::deque<protocol::UserId> due_;
  reactor::Deadline next_reread_ = reactor::kNever;  // of all
  bool is_reading_ = false;
  bool is_closing_ = false;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
