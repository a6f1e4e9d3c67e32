// SetUp: makes the people and conversations of a run on the server, through its API: users in bulk
// by POST /v1/test/users where the server offers that, else one by one. On main's reactor, before
// the threads start.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "loadgen/plan.h"
#include "loadgen/traffic/endpoint.h"
#include "loadgen/traffic/failure.h"
#include "loadgen/traffic/full_words.h"
#include "loadgen/traffic/rest_door.h"
#include "loadgen/traffic/world.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::loadgen {

class SetUp : reactor::Pinned {
 public:
  SetUp(reactor::Reactor& reactor, const Endpoint& endpoint, const Plan& plan,
        const WorldPlan& world_plan, std::uint32_t run);

  /// Until all is there or something failed; once. Then take() it, and close.
  [[nodiscard]] reactor::Task<std::expected<void, Failure>> make();
  [[nodiscard]] World take() { return std::move(world_); }
  [[nodiscard]] reactor::Task<void> close();
  /// make() ends soon, with kInterrupted.
  void interrupt() {
    if (!failure_) failure_ = {.exit_code = kInterrupted, .words = "interrupted while setting up"};
  }

 private:
  [[nodiscard]] reactor::Task<void> make_users_in_bulk();
  [[nodiscard]] reactor::Task<void> register_users();
  [[nodiscard]] reactor::Task<void> register_some(std::size_t worker);
  [[nodiscard]] reactor::Task<std::optional<User>> register_one(std::uint32_t index,
                                                                std::size_t worker);
  [[nodiscard]] reactor::Task<void> make_conversations(std::size_t worker);
  [[nodiscard]] reactor::Task<void> make_conversation(std::uint32_t index, std::size_t worker);
  [[nodiscard]] reactor::Task<void> fill(std::uint32_t index, std::size_t worker);
  /// The body of a 2xx answer; else failure_ is set.
  [[nodiscard]] reactor::Task<std::optional<std::string>> ask(http::OutgoingRequest request,
                                                              std::size_t worker);
  [[nodiscard]] reactor::Task<std::optional<http::Response>> ask_once(http::OutgoingRequest request,
                                                                      std::size_t worker);
  void fail(std::string words);
  [[nodiscard]] std::string new_conversation_json(const ConversationPlan& plan) const;

  const Plan& plan_;
  const WorldPlan& world_plan_;
  RestDoor rest_;
  FullWords words_;
  World world_;
  std::size_t users_made_ = 0;
  std::uint32_t next_ = 0;  // user or conversation to make
  bool has_bulk_ = true;
  std::optional<Failure> failure_;
  reactor::TaskScope workers_;
};

}  // namespace ringtalk::loadgen
