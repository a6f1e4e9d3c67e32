#include "app/chat/watched_users.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/chat/watchers.h"
#include "app/limits.h"
#include "cache/limits.h"

namespace ringtalk::app::chat {

using protocol::UserId;
using reactor::Result;
using reactor::Task;
using Instances = std::vector<std::vector<InstanceId>>;

/// Of one round, for each of its users.
struct WatchedUsers::Findings {
  std::optional<Instances> elsewhere;               // alive ones; nothing: the store is away
  tsl::robin_map<std::int64_t, std::int64_t> seen;  // of the database
};

void WatchedUsers::open() {
  environment_.link.receive_presence(*this);
  if (environment_.store == nullptr) return;
  next_reread_ = environment_.reactor.after(limits::kWatchedReread);
  environment_.reactor.timers().schedule(*this, next_reread_);
}

Task<void> WatchedUsers::close() {
  is_closing_ = true;
  cancel();
  co_await scope_.join();
}

// --- who watches ---

void WatchedUsers::watch(UserId user, std::size_t shard) {
  const auto [entry, is_new] = users_.try_emplace(user);
  Watched& watched = entry.value();
  if (std::ranges::find(watched.shards, shard) == watched.shards.end()) {
    watched.shards.push_back(shard);
  }
  if (watched.told) tell(shard, {{.user = user, .state = *watched.told}});
  if (!is_new) return;
  environment_.link.listen_presence(user);
  // With a bus, hears_presence() follows at once.
  if (!environment_.link.has_bus() || environment_.link.is_away()) want_read(user, watched);
}

void WatchedUsers::unwatch(UserId user, std::size_t shard) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  std::erase(found.value().shards, shard);
  if (!found->second.shards.empty()) return;
  users_.erase(found);
  environment_.link.unlisten_presence(user);
}

// --- changes ---

void WatchedUsers::came_online(UserId user) {
  const auto found = users_.find(user);
  if (found != users_.end()) tell_change(user, found.value());
}

void WatchedUsers::went_offline(UserId user, std::int64_t last_seen_ms) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  Watched& watched = found.value();
  watched.last_seen_ms = std::max(watched.last_seen_ms.value_or(0), last_seen_ms);
  tell_change(user, watched);
}

void WatchedUsers::heard_presence(const PresenceLetter& letter) {
  environment_.instances.saw(letter.from);
  const auto found = users_.find(letter.user);
  if (found == users_.end()) return;
  Watched& watched = found.value();
  ++watched.letters;
  std::erase(watched.elsewhere, letter.from);
  if (letter.is_online) {
    watched.elsewhere.push_back(letter.from);
  } else if (letter.last_seen_ms > 0) {
    watched.last_seen_ms = std::max(watched.last_seen_ms.value_or(0), letter.last_seen_ms);
  }
  tell_change(letter.user, watched);
}

void WatchedUsers::learn_instances(const std::vector<InstanceId>& alive, bool is_all) {
  if (!environment_.instances.learn(alive, is_all)) return;
  const std::int64_t about_then = environment_.reactor.unix_milliseconds() -
                                  std::chrono::milliseconds(cache::limits::kInstanceLife).count();
  for (auto entry = users_.begin(); entry != users_.end(); ++entry) {
    const UserId user = entry->first;
    Watched& watched = entry.value();
    const auto is_dead = [&](InstanceId instance) {
      if (environment_.instances.is_alive(instance)) return false;
      environment_.store->leave(user.value, instance);
      return true;
    };
    if (std::erase_if(watched.elsewhere, is_dead) == 0) continue;
    if (watched.elsewhere.empty() && !environment_.online_users.is_here(user)) {
      // Whoever was there could not write it.
      watched.last_seen_ms = std::max(watched.last_seen_ms.value_or(0), about_then);
      environment_.last_seen_writer.note({.user_id = user.value, .seen_at_ms = about_then});
    }
    tell_change(user, watched);
  }
}

PresenceState WatchedUsers::state_of(UserId user, const Watched& watched) const {
  if (!watched.elsewhere.empty() || environment_.online_users.is_here(user)) {
    return {.is_online = true};
  }
  return {.is_online = false, .last_seen_ms = watched.last_seen_ms};
}

// What was not read yet is told when it is.
void WatchedUsers::tell_change(UserId user, Watched& watched) {
  const PresenceState state = state_of(user, watched);
  if (!watched.told || *watched.told == state) return;
  watched.told = state;
  for (const std::size_t shard : watched.shards) tell(shard, {{.user = user, .state = state}});
}

// Must not get lost: a state that was not told would stand until the next change. Bounded by what
// it is the answer to: somebody watches, connects, or leaves.
void WatchedUsers::tell(std::size_t shard, std::vector<PresenceNews> news) {
  environment_.directory.post_surely(
      shard, [news = std::move(news)](ShardPort& port) { port.watchers->tell(news); });
}

// --- reading ---

void WatchedUsers::hears_presence(UserId user) {
  const auto found = users_.find(user);
  if (found == users_.end()) return;
  if (!found->second.told) return want_read(user, found.value());
  read_all_soon();
}

// Who waits for an answer gets what is known without the bus.
void WatchedUsers::lost_presence() {
  for (auto entry = users_.begin(); entry != users_.end(); ++entry) {
    if (!entry->second.told) want_read(entry->first, entry.value());
  }
}

void WatchedUsers::read_all_soon() {
  if (environment_.store == nullptr || is_closing_) return;
  const reactor::Deadline soon = environment_.reactor.after(limits::kPresenceSettling);
  if (soon >= next_reread_) return;
  next_reread_ = soon;
  environment_.reactor.timers().schedule(*this, next_reread_);
}

void WatchedUsers::expired() {
  for (auto entry = users_.begin(); entry != users_.end(); ++entry) {
    want_read(entry->first, entry.value());
  }
  next_reread_ = environment_.reactor.after(limits::kWatchedReread);
  environment_.reactor.timers().schedule(*this, next_reread_);
}

void WatchedUsers::want_read(UserId user, Watched& watched) {
  if (std::exchange(watched.is_due, true)) return;
  due_.push_back(user);
  if (is_closing_ || std::exchange(is_reading_, true)) return;
  scope_.spawn(read_due());
}

Task<void> WatchedUsers::read_due() {
  co_await environment_.reactor.yield();  // what a turn wants is read together
  while (!due_.empty() && !is_closing_) {
    co_await read(take_batch());
    if (due_.size() > cache::limits::kPresenceRoundMax) {
      co_await environment_.reactor.sleep_for(limits::kBetweenPresenceRounds);
    }
  }
  is_reading_ = false;
}

WatchedUsers::Batch WatchedUsers::take_batch() {
  Batch batch;
  while (!due_.empty() && batch.size() < cache::limits::kPresenceRoundMax) {
    const UserId user = due_.front();
    due_.pop_front();
    const auto found = users_.find(user);
    if (found == users_.end() || !std::exchange(found.value().is_due, false)) continue;
    batch.emplace_back(user, found->second.letters);
  }
  return batch;
}

Task<void> WatchedUsers::read(Batch batch) {
  if (batch.empty()) co_return;  // nobody watches them any more
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> never_told;
  for (const auto& [user, letters] : batch) {
    users.push_back(user.value);
    const auto found = users_.find(user);
    if (!found->second.last_seen_ms) never_told.push_back(user.value);
  }
  Findings findings;
  auto elsewhere = co_await read_instances(users);
  if (elsewhere) {
    findings.elsewhere = std::move(*elsewhere);
  } else if (environment_.store != nullptr) {
    read_all_soon();
  }
  if (!never_told.empty()) {
    const auto seen = co_await environment_.last_seen.last_seen_of(std::move(never_told));
    if (seen) {
      for (const db::LastSeen& one : *seen) findings.seen[one.user_id] = one.seen_at_ms;
    }
  }
  apply(batch, findings);
}

Task<Result<Instances>> WatchedUsers::read_instances(std::vector<std::int64_t> users) {
  cache::PresenceStore* store = environment_.store;
  if (store == nullptr) co_return Instances(users.size());
  auto found = co_await store->instances_of(users);
  if (!found) co_return found;
  std::vector<InstanceId> all;
  for (const auto& instances : *found) all.insert(all.end(), instances.begin(), instances.end());
  const auto alive = co_await environment_.instances.alive_among(std::move(all));
  if (!alive) co_return std::unexpected(alive.error());
  for (std::size_t i = 0; i < users.size(); ++i) {
    std::erase_if((*found)[i], [&](InstanceId instance) {
      if (std::ranges::find(*alive, instance) != alive->end()) return false;
      if (environment_.instances.is_long_dead(instance)) store->leave(users[i], instance);
      return true;
    });
  }
  co_return found;
}

void WatchedUsers::apply(const Batch& batch, const Findings& findings) {
  std::vector<std::vector<PresenceNews>> of_shard(environment_.directory.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto [user, letters] = batch[i];
    const auto found = users_.find(user);
    if (found == users_.end()) continue;
    Watched& watched = found.value();
    const auto seen = findings.seen.find(user.value);
    if (seen != findings.seen.end()) {
      watched.last_seen_ms = std::max(watched.last_seen_ms.value_or(0), seen->second);
    }
    if (findings.elsewhere && watched.letters != letters) {
      want_read(user, watched);  // a letter came meanwhile: which of both is newer?
    } else if (findings.elsewhere) {
      watched.elsewhere = (*findings.elsewhere)[i];
    }
    const PresenceState state = state_of(user, watched);
    if (watched.told == state) continue;
    watched.told = state;
    for (const std::size_t shard : watched.shards) {
      of_shard[shard].push_back({.user = user, .state = state});
    }
  }
  for (std::size_t shard = 0; shard < of_shard.size(); ++shard) {
    if (!of_shard[shard].empty()) tell(shard, std::move(of_shard[shard]));
  }
}

}  // namespace ringtalk::app::chat
