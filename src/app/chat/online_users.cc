#include "app/chat/online_users.h"

#include "app/limits.h"

namespace ringtalk::app::chat {

using protocol::UserId;
using reactor::Task;

void OnlineUsers::change(UserId user, int by) {
  // Counts must not get lost, so this is not bounded by the mailbox; connections are.
  directory_.post_surely(directory_.owner_of(user.value),
                         [user, by](ShardPort& port) { port.online_users->count_here(user, by); });
}

void OnlineUsers::count_here(UserId user, int by) {
  std::int32_t& count = connections_[user];
  const bool is_first = count == 0;
  count += by;
  const bool is_last = count <= 0;
  if (is_last) connections_.erase(user);
  if (is_first) arrived(user);
  if (is_last) departed(user);
}

void OnlineUsers::arrived(UserId user) {
  link_.listen(user);
  if (leaving_.erase(user) == 0 && observer_ != nullptr) observer_->came_online(user);
}

void OnlineUsers::departed(UserId user) {
  link_.unlisten(user);
  const reactor::TimePoint due = reactor_.after(limits::kOfflineGrace);
  leaving_[user] = {.due = due, .left_at_ms = reactor_.unix_milliseconds()};
  graces_.push_back({.user = user, .due = due});
  if (!is_scheduled()) reactor_.timers().schedule(*this, graces_.front().due);
}

void OnlineUsers::expired() {
  while (!graces_.empty() && graces_.front().due <= reactor_.now()) {
    const Grace grace = graces_.front();
    graces_.pop_front();
    const auto found = leaving_.find(grace.user);
    if (found == leaving_.end() || found->second.due != grace.due) continue;
    const std::int64_t left_at_ms = found->second.left_at_ms;
    leaving_.erase(found);
    if (observer_ != nullptr) observer_->went_offline(grace.user, left_at_ms);
  }
  if (!graces_.empty()) reactor_.timers().schedule(*this, graces_.front().due);
}

Task<std::vector<bool>> OnlineUsers::are_online(std::vector<UserId> users) {
  std::vector<bool> online(users.size());
  std::vector<bool> is_asked(directory_.size());
  for (const UserId user : users) is_asked[directory_.owner_of(user.value)] = true;
  for (std::size_t shard = 0; shard < directory_.size(); ++shard) {
    if (!is_asked[shard]) continue;
    const auto look = [&, shard](ShardPort& port) {
      for (std::size_t i = 0; i < users.size(); ++i) {
        if (directory_.owner_of(users[i].value) != shard) continue;
        online[i] = port.online_users->is_here(users[i]);
      }
      return true;
    };
    co_await directory_.ask(reactor_, shard, look);
  }
  co_return online;
}

std::vector<UserId> OnlineUsers::all_here() const {
  std::vector<UserId> users;
  users.reserve(connections_.size() + leaving_.size());
  for (const auto& [user, count] : connections_) users.push_back(user);
  for (const auto& [user, leaving] : leaving_) users.push_back(user);
  return users;
}

std::vector<db::LastSeen> OnlineUsers::leaving() const {
  std::vector<db::LastSeen> seen;
  seen.reserve(leaving_.size());
  for (const auto& [user, leaving] : leaving_) {
    seen.push_back({.user_id = user.value, .seen_at_ms = leaving.left_at_ms});
  }
  return seen;
}

}  // namespace ringtalk::app::chat
