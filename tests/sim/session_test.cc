// A session from end to end, in a history that is written by hand: what the simulation has found,
// and feeds alone do not show.
#include "app/chat/session.h"

#include "session_scene.h"

namespace ringtalk::sim {
namespace {

using SessionTest = SessionScene;

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
