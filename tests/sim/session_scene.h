// SessionScene: one instance of a simulation, a room of Alice and Bob, and one connection of Bob's,
// in a history that is written by hand. What people do to the room is done in the tables: nobody is
// told of it. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/chat/session.h"
#include "sim_instance.h"

namespace ringtalk::sim {

using namespace std::chrono_literals;
using Heard = std::vector<std::string>;

inline constexpr std::int64_t kRoom = 1'001;
inline constexpr std::int64_t kAlice = 1;
inline constexpr std::int64_t kBob = 2;

class SessionScene : public ::testing::Test, protected SimSocket::Client {
 protected:
  explicit SessionScene(const SimOptions& chosen = {}) : options(chosen) {
    for (const std::int64_t user : {kAlice, kBob}) database.tables.add_user({.id = user});
    static_cast<void>(database.tables.create_group(
        {.id = kRoom, .name = "room", .creator_id = kAlice, .member_ids = {kBob}}));
  }
  ~SessionScene() override {
    if (socket && !socket->is_over()) socket->cut();
    instance.crash();
    scope.spawn(instance.end());
    world.touch();
    run(10s);
  }

  void run(reactor::Duration span) {
    loop.run_until([] { return false; }, loop.now() + span);
  }
  void connect(std::optional<app::protocol::ConversationId> only = std::nullopt) {
    SimSocket::Client& client = *this;
    socket = std::make_shared<SimSocket>(
        shard().seat(), client, SimSocket::Options{.user = {kBob}, .only = only, .number = 1});
    ASSERT_TRUE(shard().accept(socket));
    shard().seat().touch();
    loop.run_until([&] { return socket->session != nullptr; }, loop.now() + 1s);
    ASSERT_NE(socket->session, nullptr);
  }
  void leave(std::int64_t room = kRoom) { leave_at(database.now_ms(), room); }
  /// At an earlier time, which nobody asks the database for.
  void leave_long_ago(std::int64_t room = kRoom) { leave_at(0, room); }
  void leave_at(std::int64_t now_ms, std::int64_t room) {
    static_cast<void>(database.tables.remove_member(
        {.conversation_id = room, .by_user_id = kBob, .user_id = kBob}, now_ms));
  }
  void come_again() {
    static_cast<void>(database.tables.add_members(
        {.conversation_id = kRoom, .by_user_id = kAlice, .user_ids = {kBob}}, database.now_ms()));
  }
  /// The last one; the watches of an instance are the first one's.
  SimShard& shard() { return instance.shard(options.shards - 1); }

  void heard(SimSocket&, std::string_view message) override { words.emplace_back(message); }
  void ended(SimSocket&) override {}
  void bad_bytes(SimSocket&, std::string_view) override { ADD_FAILURE(); }
  /// Without presence, which passes by.
  [[nodiscard]] Heard ops() const {
    Heard ops;
    for (const std::string& word : words) ops.push_back(word.substr(7, word.find('"', 7) - 7));
    std::erase(ops, "presence");
    return ops;
  }

  const SimOptions options;
  SimLoop loop{1};
  Trace trace{loop.clock()};
  Seat world{loop, 1'000};
  SimDatabase database{{.world = world, .trace = trace, .faults = options.database, .seed = 1}};
  cache::MemoryBusHub hub{world.reactor(), 1};
  Checker checker{database.tables, trace};
  SimEnvironment environment{.options = options,
                             .loop = loop,
                             .world = world,
                             .trace = trace,
                             .database = database,
                             .hub = hub,
                             .checker = checker};
  SimInstance instance{environment, 1};
  std::shared_ptr<SimSocket> socket;
  std::vector<std::string> words;
  reactor::TaskScope scope;
};

}  // namespace ringtalk::sim
