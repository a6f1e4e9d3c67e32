// Watchers: whom the sessions of this shard watch. It tells the owner of each watched user that
// somebody here watches, keeps the state that the owner tells, and passes it on. One per shard, its
// thread; the owner's WatchedUsers is told of both ends by letters that can't get lost.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/presence_state.h"
#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "reactor/pinned.h"
#include "reactor/shared_bytes.h"

namespace ringtalk::app::chat {

class Watchers : reactor::Pinned {
 public:
  class Watcher {
   public:
    /// state_of() tells what it is now. May not watch nor unwatch from inside.
    virtual void presence_changed(protocol::UserId user) = 0;

   protected:
    ~Watcher() = default;
  };

  Watchers(ShardDirectory& directory, std::size_t shard) : directory_(directory), shard_(shard) {}

  /// Each watcher each user at most once.
  void watch(protocol::UserId user, Watcher& watcher);
  void unwatch(protocol::UserId user, Watcher& watcher);

  /// Of a watched user; nothing: the owner has not answered yet.
  [[nodiscard]] const std::optional<PresenceState>& state_of(protocol::UserId user) const {
    return users_.find(user)->second.state;
  }
  /// The finished frame of what state_of() tells.
  [[nodiscard]] const reactor::SharedBytes& frame_of(protocol::UserId user);

  /// From the owner.
  void tell(const std::vector<PresenceNews>& news);

  /// Watched users, and (watcher, user) pairs.
  [[nodiscard]] std::size_t users() const { return users_.size(); }
  [[nodiscard]] std::size_t watches() const { return watches_; }

 private:
  struct Watched {
    std::optional<PresenceState> state;
    reactor::SharedBytes frame;  // of the state; empty until somebody needs it
    std::vector<Watcher*> watchers;
  };

  ShardDirectory& directory_;
  const std::size_t shard_;
  tsl::robin_map<protocol::UserId, Watched> users_;
  std::size_t watches_ = 0;
};

}  // namespace ringtalk::app::chat
