#include "app/chat/watchers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "app/chat/watched_users.h"
#include "app/protocol/event_writer.h"
#include "ws/frame_writer.h"

namespace ringtalk::app::chat {

using protocol::UserId;

void Watchers::watch(UserId user, Watcher& watcher) {
  const auto [entry, is_new] = users_.try_emplace(user);
  entry.value().watchers.push_back(&watcher);
  ++watches_;
  if (!is_new) return;
  directory_.post_surely(directory_.owner_of(user.value), [user, shard = shard_](ShardPort& port) {
    port.watched_users->watch(user, shard);
  });
}

void Watchers::unwatch(UserId user, Watcher& watcher) {
  const auto found = users_.find(user);
  std::vector<Watcher*>& watchers = found.value().watchers;
  // Order means nothing: the last one takes the place.
  *std::ranges::find(watchers, &watcher) = watchers.back();
  watchers.pop_back();
  --watches_;
  if (!watchers.empty()) return;
  users_.erase(found);
  directory_.post_surely(directory_.owner_of(user.value), [user, shard = shard_](ShardPort& port) {
    port.watched_users->unwatch(user, shard);
  });
}

const reactor::SharedBytes& Watchers::frame_of(UserId user) {
  Watched& watched = users_.find(user).value();
  if (watched.frame.empty()) {
    std::string payload;
    protocol::append_presence_message(payload, {.user_id = user,
                                                .is_online = watched.state->is_online,
                                                .last_seen_at_ms = watched.state->last_seen_ms});
    std::string frame;
    frame.reserve(payload.size() + ws::kFrameHeaderBytesMax);
    ws::append_frame(frame, ws::Opcode::kText, payload);
    watched.frame = reactor::SharedBytes(std::move(frame));
  }
  return watched.frame;
}

void Watchers::tell(const std::vector<PresenceNews>& news) {
  for (const PresenceNews& one : news) {
    const auto found = users_.find(one.user);
    if (found == users_.end() || found->second.state == one.state) continue;
    Watched& watched = found.value();
    watched.state = one.state;
    watched.frame = {};
    for (Watcher* watcher : watched.watchers) watcher->presence_changed(one.user);
  }
}

}  // namespace ringtalk::app::chat
