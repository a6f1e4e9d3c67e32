// WatchList: whose presence one session is told (CONTRACT §3, `watch`): each user's state once as
// the answer, then changes, gathered for a second. Nothing is queued: it remembers what was last
// told, and what is told next is the state of that moment, so a slow client misses only what has
// passed. Member of its session; the shard's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/presence_state.h"
#include "app/chat/watchers.h"
#include "app/protocol/ids.h"
#include "reactor/reactor.h"
#include "reactor/timer_wheel.h"
#include "ws/connection.h"

namespace ringtalk::app {
class Metrics;
}

namespace ringtalk::app::chat {

class WatchList final : Watchers::Watcher, reactor::Timer {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    Watchers& watchers;
    Metrics& metrics;
  };
  WatchList(const Environment& environment, ws::Connection& connection)
      : environment_(environment), connection_(connection) {}
  ~WatchList() override { clear(); }

  /// At most kWatchedUsersMax, each once. All of them are told, also those that were watched.
  void replace(const std::vector<protocol::UserId>& users);
  /// One more, or one less; where there is no room, nothing.
  void add(protocol::UserId user);
  void remove(protocol::UserId user);
  /// Watches nobody.
  void clear();

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::optional<PresenceState> told;
    bool is_due = false;  // stands in due_
  };

  void presence_changed(protocol::UserId user) override;
  void expired() override;
  [[nodiscard]] bool is_held();
  void make_due(protocol::UserId user, Entry& entry);
  void tell(protocol::UserId user, Entry& entry);

  const Environment environment_;
  ws::Connection& connection_;
  tsl::robin_map<protocol::UserId, Entry> entries_;
  std::vector<protocol::UserId> due_;
  reactor::TimePoint next_batch_;
  bool is_held_ = false;  // the peer has enough to read
};

}  // namespace ringtalk::app::chat
