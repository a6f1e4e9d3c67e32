// A session from end to end, in a history that is written by hand: what the simulation has found,
// and feeds alone do not show.
#include "app/chat/session.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sim_instance.h"

namespace ringtalk::sim {
namespace {

using namespace std::chrono_literals;
using Heard = std::vector<std::string>;

constexpr std::int64_t kRoom = 1'001;
constexpr std::int64_t kAlice = 1;
constexpr std::int64_t kBob = 2;

class SessionTest : public ::testing::Test, protected SimSocket::Client {
 protected:
  SessionTest() {
    for (const std::int64_t user : {kAlice, kBob}) database.tables.add_user({.id = user});
    static_cast<void>(database.tables.create_group(
        {.id = kRoom, .name = "room", .creator_id = kAlice, .member_ids = {kBob}}));
  }
  ~SessionTest() override {
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
  void leave() {
    static_cast<void>(database.tables.remove_member(
        {.conversation_id = kRoom, .by_user_id = kBob, .user_id = kBob}, 0));
  }
  SimShard& shard() { return instance.shard(0); }

  void heard(SimSocket&, std::string_view message) override { words.emplace_back(message); }
  void ended(SimSocket&) override {}
  void bad_bytes(SimSocket&, std::string_view) override { ADD_FAILURE(); }
  [[nodiscard]] Heard ops() const {
    Heard ops;
    for (const std::string& word : words) ops.push_back(word.substr(7, word.find('"', 7) - 7));
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

TEST_F(SessionTest, ready_is_the_first_word_whatever_comes_before_it) {
  connect();
  socket->session->became_member({kRoom + 1});
  socket->session->ceased_to_be_member({kRoom + 1});
  run(1s);
  EXPECT_EQ(ops(), Heard{"ready"});
}

TEST_F(SessionTest, greets_nobody_who_has_left_again_meanwhile) {
  connect();
  run(1s);
  static_cast<void>(
      database.tables.create_group({.id = kRoom + 1, .creator_id = kAlice, .member_ids = {kBob}}));
  socket->session->became_member({kRoom + 1});
  static_cast<void>(database.tables.remove_member(
      {.conversation_id = kRoom + 1, .by_user_id = kBob, .user_id = kBob}, 0));
  socket->session->ceased_to_be_member({kRoom + 1});
  run(1s);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
}

TEST_F(SessionTest, who_leaves_between_handshake_and_ready_is_closed_with_4003) {
  connect(app::protocol::ConversationId{kRoom});
  leave();
  run(1s);
  EXPECT_EQ(ops(), Heard{"ready"});
  EXPECT_EQ(socket->close_code, ws::CloseCode::kRemoved);
}

TEST_F(SessionTest, a_sync_tells_a_former_member_nothing_from_the_leaving_on) {
  database.tables.store({.conversation_id = kRoom, .sender_id = kAlice, .body = "before"}, 0);
  connect();
  run(100ms);
  leave();
  database.tables.store(
      {.conversation_id = kRoom, .sender_id = kAlice, .client_id = {1}, .body = "behind"}, 0);
  socket->send_text(R"({"op":"sync","conversationId":"1001","afterSeq":0})");
  run(1s);
  ASSERT_EQ(ops(), (Heard{"ready", "event", "batch", "removed"}));
  EXPECT_TRUE(words[2].contains("before"));
  EXPECT_FALSE(words[2].contains("behind")) << words[2];
  EXPECT_TRUE(words[2].contains(R"("lastSeq":1)"));
}

}  // namespace
}  // namespace ringtalk::sim
