#include "app/chat/watch_list.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {

using protocol::UserId;

void WatchList::replace(const std::vector<UserId>& users) {
  tsl::robin_map<UserId, Entry> before = std::exchange(entries_, {});
  due_.clear();
  for (const UserId user : users) {
    entries_.try_emplace(user);
    if (before.erase(user) == 0) environment_.watchers.watch(user, *this);
  }
  for (const auto& [user, entry] : before) environment_.watchers.unwatch(user, *this);
  // Whose state is not known here yet is told when the owner answers.
  for (const UserId user : users) {
    if (environment_.watchers.state_of(user)) presence_changed(user);
  }
}

void WatchList::add(UserId user) {
  if (entries_.size() >= protocol::kWatchedUsersMax) return;
  if (!entries_.try_emplace(user).second) return;
  environment_.watchers.watch(user, *this);
  if (environment_.watchers.state_of(user)) presence_changed(user);
}

void WatchList::remove(UserId user) {
  if (entries_.erase(user) == 0) return;
  std::erase(due_, user);
  environment_.watchers.unwatch(user, *this);
}

void WatchList::clear() {
  cancel();
  due_.clear();
  for (const auto& [user, entry] : std::exchange(entries_, {})) {
    environment_.watchers.unwatch(user, *this);
  }
}

// The answer to a `watch` goes at once, changes with the next batch.
void WatchList::presence_changed(UserId user) {
  Entry& entry = entries_.find(user).value();
  if (entry.is_due) {
    ++environment_.metrics.presence_merged;
  } else if (!entry.told && !is_held()) {
    tell(user, entry);
  } else if (entry.told != environment_.watchers.state_of(user)) {
    make_due(user, entry);
  }
}

void WatchList::make_due(UserId user, Entry& entry) {
  entry.is_due = true;
  due_.push_back(user);
  if (is_scheduled()) return;
  // A turn's news come together also when nothing was told for long.
  environment_.reactor.timers().schedule(*this, std::max(environment_.reactor.now(), next_batch_));
}

void WatchList::expired() {
  next_batch_ = environment_.reactor.after(limits::kPresenceBatchPause);
  if (is_held()) {
    environment_.reactor.timers().schedule(*this, next_batch_);
    return;
  }
  for (const UserId user : std::exchange(due_, {})) {
    Entry& entry = entries_.find(user).value();
    entry.is_due = false;
    if (entry.told != environment_.watchers.state_of(user)) tell(user, entry);
  }
}

// From the high mark until the low one.
bool WatchList::is_held() {
  const std::size_t unsent = connection_.unsent_bytes();
  is_held_ = unsent > (is_held_ ? limits::kOutboxLowBytes : limits::kOutboxHighBytes);
  return is_held_;
}

void WatchList::tell(UserId user, Entry& entry) {
  connection_.send_frame(environment_.watchers.frame_of(user));
  entry.told = environment_.watchers.state_of(user);
  ++environment_.metrics.presence_sent;
}

}  // namespace ringtalk::app::chat
