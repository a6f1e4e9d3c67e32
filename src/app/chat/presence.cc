#include "app/chat/presence.h"

#include <algorithm>
#include <utility>

#include "app/limits.h"
#include "cache/limits.h"

namespace ringtalk::app::chat {

using protocol::UserId;
using reactor::Task;

void Presence::open() {
  environment_.online_users.observe(this);
  if (environment_.store == nullptr) return;
  scope_.spawn(run());
}

Task<void> Presence::close() {
  environment_.online_users.observe(nullptr);
  is_closing_ = true;
  until_renewal_.end();
  pacing_.end();
  co_await scope_.join();
  for (const db::LastSeen& seen : environment_.online_users.leaving()) {
    environment_.last_seen_writer.note(seen);
  }
}

// --- what we say ---

void Presence::came_online(UserId user) {
  static_cast<void>(say(user, 0));
  environment_.watched_users.came_online(user);
}

void Presence::went_offline(UserId user, std::int64_t last_seen_ms) {
  static_cast<void>(say(user, last_seen_ms));
  environment_.last_seen_writer.note({.user_id = user.value, .seen_at_ms = last_seen_ms});
  environment_.watched_users.went_offline(user, last_seen_ms);
}

// The entry first: whoever hears of it and reads finds it.
bool Presence::say(UserId user, std::int64_t last_seen_ms) {
  cache::PresenceStore* store = environment_.store;
  if (store == nullptr) return true;
  const InstanceId own = environment_.instances.own();
  const bool is_here = environment_.online_users.is_here(user);
  const bool is_sent = is_here ? store->enter(user.value, own) : store->leave(user.value, own);
  if (!is_sent) write_lost(user);
  environment_.link.publish(PresenceLetter{
      .from = own, .user = user, .is_online = is_here, .last_seen_ms = is_here ? 0 : last_seen_ms});
  return is_sent;
}

void Presence::write_lost(UserId user) {
  if (unsure_.size() < limits::kUnsurePresenceMax) unsure_.insert(user);
}

void Presence::write_all() {
  is_write_wanted_ = true;
  until_renewal_.end();
}

Task<void> Presence::run() {
  while (!is_closing_) {
    if (std::exchange(is_write_wanted_, false)) {
      co_await write_all_in_steps();
    } else {
      co_await until_renewal_.lasting(cache::limits::kPresenceRenewal);
      is_write_wanted_ = true;
    }
  }
}

// A store that goes away meanwhile calls when it is back.
Task<void> Presence::write_all_in_steps() {
  std::vector<UserId> users = environment_.online_users.all_here();
  for (const UserId user : std::exchange(unsure_, {})) {
    if (!environment_.online_users.is_here(user)) users.push_back(user);
  }
  std::size_t written = 0;
  bool is_taken = true;
  while (written < users.size() && is_taken && !is_closing_) {
    const std::size_t end = std::min(users.size(), written + limits::kPresenceWritesMax);
    while (written < end && is_taken) is_taken = say(users[written++], 0);
    if (written < users.size() && is_taken) {
      co_await pacing_.lasting(limits::kBetweenPresenceRounds);
    }
  }
  for (; written < users.size(); ++written) write_lost(users[written]);
}

// --- what we are asked ---

Task<std::vector<bool>> Presence::are_online(std::vector<UserId> users) {
  std::vector<bool> online = co_await environment_.online_users.are_online(users);
  if (environment_.store != nullptr) co_await ask_elsewhere(users, online);
  co_return online;
}

Task<bool> Presence::is_online(UserId user) {
  const std::vector<bool> online = co_await are_online({user});
  co_return online.front();
}

Task<void> Presence::ask_elsewhere(const std::vector<UserId>& users, std::vector<bool>& online) {
  std::vector<std::size_t> places;
  std::vector<std::int64_t> asked;
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (online[i] || asked.size() == cache::limits::kPresenceRoundMax) continue;
    places.push_back(i);
    asked.push_back(users[i].value);
  }
  if (asked.empty()) co_return;
  const auto found = co_await environment_.store->instances_of(std::move(asked));
  if (!found) co_return;
  std::vector<InstanceId> all;
  for (const auto& instances : *found) all.insert(all.end(), instances.begin(), instances.end());
  const auto alive = co_await environment_.instances.alive_among(std::move(all));
  if (!alive) co_return;
  for (std::size_t i = 0; i < places.size(); ++i) {
    online[places[i]] = std::ranges::any_of((*found)[i], [&](InstanceId instance) {
      return std::ranges::find(*alive, instance) != alive->end();
    });
  }
}

}  // namespace ringtalk::app::chat
