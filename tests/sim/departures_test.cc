// Who ceases to be a member while every notice is lost learns it from the database, once.
#include "app/chat/departures_watch.h"

#include <algorithm>

#include "app/limits.h"
#include "session_scene.h"

namespace ringtalk::sim {
namespace {

constexpr auto kPromised = 1s;          // CONTRACT §3
constexpr auto kLong = 10s;             // longer than what is asked for again
constexpr std::int64_t kRooms = 5'000;  // ids of more rooms, from here on

// No other comparison comes in time.
SimOptions without_comparisons() {
  return {.heartbeat = std::chrono::hours(1)};
}

class DeparturesTest : public SessionScene {
 protected:
  explicit DeparturesTest(const SimOptions& chosen = without_comparisons())
      : SessionScene(chosen) {}

  void connect_and_settle(std::optional<app::protocol::ConversationId> only = std::nullopt) {
    connect(only);
    run(kPromised);
    ASSERT_EQ(ops(), Heard{"ready"});
  }
  app::chat::Session& session() { return *socket->session; }
  void tell_of_leaving(std::int64_t room = kRoom) { session().ceased_to_be_member({room}); }
  void tell_of_coming() { session().became_member({kRoom}); }

  /// Rooms kRooms, kRooms + 1, … of both; the first one has the latest activity.
  void add_rooms(std::int64_t count) {
    for (std::int64_t room = 0; room < count; ++room) {
      static_cast<void>(database.tables.create_group({.id = kRooms + room,
                                                      .creator_id = kAlice,
                                                      .member_ids = {kBob},
                                                      .created_at_ms = count - room}));
    }
  }
  [[nodiscard]] std::int64_t count(std::string_view op) const {
    return std::ranges::count(ops(), op);
  }
};

TEST_F(DeparturesTest, who_was_removed_is_told_though_no_notice_comes) {
  connect_and_settle();
  leave();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
  run(kLong);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
}

TEST_F(DeparturesTest, on_the_conversations_own_endpoint_it_closes_with_4003) {
  connect_and_settle(app::protocol::ConversationId{kRoom});
  leave();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
  EXPECT_EQ(socket->close_code, ws::CloseCode::kRemoved);
}

TEST_F(DeparturesTest, another_conversations_endpoint_is_not_concerned) {
  add_rooms(1);
  connect_and_settle(app::protocol::ConversationId{kRoom});
  leave(kRooms);
  run(kLong);
  EXPECT_EQ(ops(), Heard{"ready"});
}

TEST_F(DeparturesTest, who_is_a_member_again_is_told_nothing) {
  connect_and_settle();
  leave();
  come_again();
  run(kLong);
  EXPECT_EQ(ops(), Heard{"ready"});
}

TEST_F(DeparturesTest, who_has_come_again_is_told_of_the_next_removal) {
  connect_and_settle();
  leave();
  run(kPromised);
  come_again();
  tell_of_coming();
  run(kPromised);
  ASSERT_EQ(ops(), (Heard{"ready", "removed", "conversation"}));
  leave();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed", "conversation", "removed"}));
  run(kLong);
  EXPECT_EQ(ops().size(), 4U);
}

TEST_F(DeparturesTest, the_notice_and_the_database_tell_it_once_in_either_order) {
  connect_and_settle();
  leave();
  tell_of_leaving();
  run(kLong);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));

  come_again();
  tell_of_coming();
  run(kPromised);
  leave();
  run(kPromised);
  ASSERT_EQ(count("removed"), 2);
  tell_of_leaving();
  run(kLong);
  EXPECT_EQ(count("removed"), 2);
}

TEST_F(DeparturesTest, what_happens_while_the_database_is_away_is_told_afterwards) {
  connect_and_settle();
  database.go_away();
  leave();
  run(kLong);
  EXPECT_EQ(ops(), Heard{"ready"});
  database.come_back();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
}

TEST_F(DeparturesTest, a_session_goes_on_asking_until_the_database_answers) {
  connect_and_settle();
  leave_long_ago();
  database.go_away();
  session().may_have_left({kRoom});
  run(kLong);
  EXPECT_EQ(ops(), Heard{"ready"});
  database.come_back();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
}

TEST_F(DeparturesTest, a_session_that_waits_for_the_database_can_end) {
  connect_and_settle();
  leave_long_ago();
  database.go_away();
  session().may_have_left({kRoom});
  run(kPromised);
  socket->cut();
  run(kPromised);
  EXPECT_EQ(socket->session, nullptr);
}

// --- many at once ---

SimOptions with_quick_database() {
  SimOptions options = without_comparisons();
  options.database.latency_max_ms = 1;
  return options;
}

class DeparturePagesTest : public DeparturesTest, public ::testing::WithParamInterface<int> {
 protected:
  DeparturePagesTest() : DeparturesTest(with_quick_database()) {}
};

TEST_P(DeparturePagesTest, all_are_told_each_once) {
  const std::int64_t rooms = GetParam();
  add_rooms(rooms);
  connect_and_settle();
  for (std::int64_t room = 0; room < rooms; ++room) leave(kRooms + room);
  run(kLong);
  EXPECT_EQ(count("removed"), rooms);
  run(kLong);
  EXPECT_EQ(count("removed"), rooms);
}

INSTANTIATE_TEST_SUITE_P(AtThePage, DeparturePagesTest,
                         ::testing::Values(db::kDeparturesMax, db::kDeparturesMax + 1));

// --- an answer that is old ---

SimOptions with_slow_answers() {
  SimOptions options = without_comparisons();
  options.database.slow = 1;
  return options;
}

class OldAnswerTest : public DeparturesTest {
 protected:
  OldAnswerTest() : DeparturesTest(with_slow_answers()) {}
};

TEST_F(OldAnswerTest, what_was_true_before_he_came_again_is_not_told) {
  connect();
  run(kLong);
  leave_long_ago();
  session().may_have_left({kRoom});
  run(20ms);  // the database has read it, the answer is on its way
  ASSERT_EQ(ops(), Heard{"ready"});
  tell_of_leaving();
  come_again();
  tell_of_coming();
  run(kLong);
  EXPECT_EQ(ops(), (Heard{"ready", "removed", "conversation"}));
}

// --- another shard than the watch's ---

class OtherShardTest : public DeparturesTest {
 protected:
  OtherShardTest() : DeparturesTest({.shards = 3, .heartbeat = std::chrono::hours(1)}) {}
};

TEST_F(OtherShardTest, hears_of_it_by_mail) {
  connect_and_settle();
  leave();
  run(kPromised);
  EXPECT_EQ(ops(), (Heard{"ready", "removed"}));
}

// --- more conversations than a session listens to ---

class ManyConversationsTest : public DeparturesTest {
 protected:
  static constexpr auto kListened = static_cast<std::int64_t>(app::limits::kReadyConversationsMax);
  static constexpr auto kRemembered =
      static_cast<std::int64_t>(app::limits::kRemovalsRememberedMax);

  ManyConversationsTest() : DeparturesTest(with_quick_database()) {}
};

TEST_F(ManyConversationsTest, one_that_is_not_listened_to_is_told_once) {
  add_rooms(kListened);  // kRoom is older than all of them
  connect_and_settle();
  ASSERT_TRUE(words[0].contains(R"("hasMore":true)"));
  leave();
  run(kPromised);
  EXPECT_EQ(count("removed"), 1);
  tell_of_leaving();
  run(kLong);
  EXPECT_EQ(count("removed"), 1);

  come_again();
  tell_of_coming();
  run(kPromised);
  leave();
  tell_of_leaving();
  run(kLong);
  EXPECT_EQ(count("removed"), 2);
}

TEST_F(ManyConversationsTest, one_that_is_listened_to_is_told_once_too) {
  add_rooms(kListened);
  connect_and_settle();
  leave(kRooms);
  tell_of_leaving(kRooms);
  tell_of_leaving(kRooms);
  run(kLong);
  EXPECT_EQ(count("removed"), 1);
}

TEST_F(ManyConversationsTest,
       as_many_as_are_remembered_are_told_once_and_one_more_forgets_the_first) {
  add_rooms(kListened + kRemembered + 1);
  connect_and_settle();
  const auto last = kRooms + kListened + kRemembered;
  for (std::int64_t room = kRooms + kListened; room <= last; ++room) {
    leave_long_ago(room);
    if (room < last) tell_of_leaving(room);
  }
  const auto look_again = [&] {
    for (std::int64_t room = kRooms + kListened; room < last; ++room) {
      session().may_have_left({room});
    }
    run(kLong);
  };
  look_again();
  ASSERT_EQ(count("removed"), kRemembered);
  tell_of_leaving(last);
  session().may_have_left({kRooms + kListened});
  session().may_have_left({kRooms + kListened + 1});
  run(kLong);
  EXPECT_EQ(count("removed"), kRemembered + 2);
  EXPECT_TRUE(words.back().contains(std::to_string(kRooms + kListened)));
}

}  // namespace
}  // namespace ringtalk::sim
