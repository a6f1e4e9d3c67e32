#include "presence_lab.h"

#include <fmt/format.h>

#include <string_view>

#include "chat_lab.h"

namespace ringtalk::app::chat::testing {

using reactor::Task;

PresenceInstance::Shard::Shard(PresenceInstance& instance, InstanceId number, std::size_t index,
                               Company company)
    : bus(instance.lab_.hub),
      store(instance.lab_.memory),
      link({.bus = company == Company::kAlone ? nullptr : &bus,
            .instance = number,
            .json_reader = instance.lab_.json_reader}),
      rooms({.reactor = instance.lab_.reactor,
             .directory = instance.directory_,
             .link = link,
             .store = company == Company::kAlone ? nullptr : &store,
             .last_seen = instance.lab_.last_seen,
             .instance = number,
             .shard = index}) {}

PresenceInstance::PresenceInstance(PresenceLab& lab, InstanceId number, Company company)
    : lab_(lab) {
  for (std::size_t index = 0; index < shards_.size(); ++index) {
    shards_[index] = std::make_unique<Shard>(*this, number, index, company);
    ShardPort port{.reactor = &lab.reactor};
    shards_[index]->rooms.add_to(port);
    directory_.enter(index, port);
  }
  for (const auto& shard : shards_) {
    shard->rooms.open();
    shard->link.open(shard->deaf);
  }
  lab_.settle();
}

PresenceInstance::~PresenceInstance() {
  if (!has_ended_) end();
}

void PresenceInstance::end() {
  has_ended_ = true;
  lab_.settle();
  for (const auto& shard : shards_) shard->rooms.hush();
  lab_.settle();
  for (const auto& shard : shards_) {
    test_support::run(lab_.reactor, shard->rooms.close());
    test_support::run(lab_.reactor, shard->link.close());
  }
}

std::size_t PresenceInstance::watched() const {
  return shards_[0]->rooms.watched_users.size() + shards_[1]->rooms.watched_users.size();
}

std::size_t PresenceInstance::rounds() const {
  return shards_[0]->store.rounds + shards_[1]->store.rounds;
}

void PresenceInstance::lose_redis() {
  for (const auto& shard : shards_) {
    shard->store.go_away();
    shard->bus.go_away();
  }
}

void PresenceInstance::find_redis() {
  for (const auto& shard : shards_) shard->bus.come_back();
  lab_.turn(1ms);
  for (const auto& shard : shards_) shard->store.come_back();
}

WatchingSession::WatchingSession(PresenceLab& lab, Watchers& watchers)
    : lab_(lab),
      pair_(reactor::make_memory_pair(lab.reactor)),
      connection_(lab.reactor, *pair_.one, {}, options_),
      list({.reactor = lab.reactor, .watchers = watchers, .metrics = metrics}, connection_) {
  scope_.spawn(hear());
}

WatchingSession::~WatchingSession() {
  list.clear();
  reads_ = true;
  scope_.spawn(end());
  test_support::join(lab_.reactor, scope_);
}

Task<void> WatchingSession::end() {
  co_await connection_.finish();
  co_await pair_.one->close();
}

Task<void> WatchingSession::hear() {
  while (auto chunk = co_await pair_.other->receive()) {
    if (chunk->empty()) break;
    bytes_.append(chunk->text());
    while (!reads_) co_await lab_.reactor.sleep_for(1ms);
  }
  co_await pair_.other->close();
}

std::vector<std::string> WatchingSession::told() {
  std::vector<std::string> told;
  std::string_view rest = bytes_;
  while (!rest.empty()) {
    const std::string message = take_frame(rest);
    if (member(message, "op") != "presence") continue;
    const std::string seen = member(message, "lastSeenAt");
    told.push_back(fmt::format("{} {}", member(message, "userId"), member(message, "status")));
    if (seen != "null") told.back() += " " + seen;
  }
  bytes_.clear();
  return told;
}

}  // namespace ringtalk::app::chat::testing
