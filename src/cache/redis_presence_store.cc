#include "cache/redis_presence_store.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "cache/keys.h"
#include "cache/limits.h"
#include "reactor/task_scope.h"

namespace ringtalk::cache {
namespace {

using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

std::string text_of(InstanceNumber instance) {
  return fmt::format("{:x}", instance);
}

// What another version wrote otherwise is passed over.
std::vector<InstanceNumber> instances_in(const Reply& reply) {
  std::vector<InstanceNumber> instances;
  for (const Reply& element : reply.elements) {
    const std::string& text = element.text;
    InstanceNumber instance = 0;
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), instance, 16);
    if (error == std::errc() && stop == text.data() + text.size()) instances.push_back(instance);
  }
  return instances;
}

template <class Span>
std::int64_t seconds(Span span) {
  return std::chrono::ceil<std::chrono::seconds>(span).count();
}

}  // namespace

void RedisPresenceStore::listen(PresenceStore::Listener& listener) {
  listener_ = &listener;
  connection_.add_listener(*this);
}

void RedisPresenceStore::on_up() {
  listener_->store_came_up();
}

void RedisPresenceStore::post_lost(std::int64_t mark) {
  if (listener_ != nullptr) listener_->write_lost(mark);
}

// --- entries ---

bool RedisPresenceStore::enter(std::int64_t user, InstanceNumber instance) {
  const std::string key = presence_key(user);
  const bool is_posted = connection_.post(Command("SADD").add(key).add(text_of(instance)),
                                          {.owner = this, .mark = user});
  return is_posted &&
         connection_.post(Command("EXPIRE").add(key).add(seconds(limits::kPresenceEntryLife)));
}

bool RedisPresenceStore::leave(std::int64_t user, InstanceNumber instance) {
  return connection_.post(Command("SREM").add(presence_key(user)).add(text_of(instance)),
                          {.owner = this, .mark = user});
}

// --- instances ---

PresenceStore::Answer<bool> RedisPresenceStore::beat(InstanceNumber instance) {
  connection_.post(Command("SADD").add(instances_key()).add(text_of(instance)));
  const Result<Reply> before = co_await connection_.run(Command("SET")
                                                            .add(instance_key(instance))
                                                            .add("1")
                                                            .add("EX")
                                                            .add(seconds(limits::kInstanceLife))
                                                            .add("GET"));
  if (!before) co_return std::unexpected(before.error());
  if (before->is_error()) co_return reactor::fail(ErrorKind::kUnavailable, before->text);
  co_return before->kind != Reply::Kind::kNil;
}

void RedisPresenceStore::farewell(InstanceNumber instance) {
  connection_.post(
      Command("EXPIRE").add(instance_key(instance)).add(seconds(limits::kInstanceFarewell)));
}

PresenceStore::Answer<std::vector<InstanceNumber>> RedisPresenceStore::alive_instances() {
  const Result<Reply> all = co_await connection_.run(Command("SMEMBERS").add(instances_key()));
  if (!all) co_return std::unexpected(all.error());
  if (all->is_error()) co_return reactor::fail(ErrorKind::kUnavailable, all->text);
  const std::vector<InstanceNumber> instances = instances_in(*all);
  Result<std::vector<InstanceNumber>> alive = co_await alive_of(instances);
  if (!alive) co_return alive;
  // Whoever is forgotten too early comes back with the next beat.
  std::size_t i = 0;
  for (const InstanceNumber instance : instances) {
    if (i < alive->size() && (*alive)[i] == instance) {
      ++i;
    } else {
      connection_.post(Command("SREM").add(instances_key()).add(text_of(instance)));
    }
  }
  co_return alive;
}

PresenceStore::Answer<std::vector<InstanceNumber>> RedisPresenceStore::alive_of(
    std::vector<InstanceNumber> instances) {
  std::vector<Command> commands;
  commands.reserve(instances.size());
  for (const InstanceNumber instance : instances) {
    commands.push_back(Command("EXISTS").add(instance_key(instance)));
  }
  const Result<std::vector<Reply>> replies = co_await ask_all(std::move(commands));
  if (!replies) co_return std::unexpected(replies.error());
  std::vector<InstanceNumber> alive;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if ((*replies)[i].integer == 1) alive.push_back(instances[i]);
  }
  co_return alive;
}

PresenceStore::Answer<std::vector<std::vector<InstanceNumber>>> RedisPresenceStore::instances_of(
    std::vector<std::int64_t> users) {
  std::vector<Command> commands;
  commands.reserve(users.size());
  for (const std::int64_t user : users) {
    commands.push_back(Command("SMEMBERS").add(presence_key(user)));
  }
  const Result<std::vector<Reply>> replies = co_await ask_all(std::move(commands));
  if (!replies) co_return std::unexpected(replies.error());
  std::vector<std::vector<InstanceNumber>> instances;
  instances.reserve(replies->size());
  for (const Reply& reply : *replies) instances.push_back(instances_in(reply));
  co_return instances;
}

// --- one round ---

Task<void> RedisPresenceStore::ask_one(Command command, std::optional<Result<Reply>>& answer) {
  answer.emplace(co_await connection_.run(std::move(command)));
}

// All leave in one write; the first failure is the answer.
PresenceStore::Answer<std::vector<Reply>> RedisPresenceStore::ask_all(
    std::vector<Command> commands) {
  std::vector<std::optional<Result<Reply>>> answers(commands.size());
  reactor::TaskScope round;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    round.spawn(ask_one(std::move(commands[i]), answers[i]));
  }
  co_await round.join();
  std::vector<Reply> replies;
  replies.reserve(answers.size());
  for (std::optional<Result<Reply>>& answer : answers) {
    if (!*answer) co_return std::unexpected(answer->error());
    if ((*answer)->is_error()) {
      co_return reactor::fail(ErrorKind::kUnavailable, std::move((*answer)->text));
    }
    replies.push_back(std::move(**answer));
  }
  co_return replies;
}

}  // namespace ringtalk::cache
