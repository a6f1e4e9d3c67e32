#include "app/chat/view_rows.h"

#include <gtest/gtest.h>

#include <variant>

namespace ringtalk::app::chat {
namespace {

TEST(ClientIds, of_our_own_are_never_shown) {
  for (int i = 0; i < 100; ++i) {
    const protocol::Uuid id = make_own_client_id();
    EXPECT_FALSE(shown_client_id(id));
    EXPECT_EQ(id.bytes[6] >> 4, 8) << "version";
    EXPECT_EQ(id.bytes[8] >> 6, 2) << "variant";
  }
  EXPECT_NE(make_own_client_id(), make_own_client_id());
}

TEST(ClientIds, of_clients_are_shown) {
  const protocol::Uuid id = *protocol::parse_uuid("0190f3c4-7e6b-7a10-8c7d-000000000001");
  EXPECT_EQ(shown_client_id(id), id);
}

TEST(ViewRows, show_a_message) {
  const protocol::Uuid client_id = *protocol::parse_uuid("0190f3c4-7e6b-7a10-8c7d-000000000001");
  const db::MessageRow row{.conversation_id = 5,
                           .seq = 9,
                           .sender_id = 7,
                           .created_at_ms = 1'000,
                           .client_id = client_id.bytes,
                           .body = "hello",
                           .status = db::MessageStatus::kRead};
  const protocol::MessageView message = message_view(row);
  EXPECT_EQ(message.conversation_id.value, 5);
  EXPECT_EQ(message.seq, 9);
  EXPECT_EQ(message.sender_id.value, 7);
  EXPECT_EQ(message.content, "hello");
  EXPECT_EQ(message.client_id, client_id);
  EXPECT_EQ(message.status, protocol::MessageStatus::kRead);
}

TEST(ViewRows, show_what_an_event_says) {
  protocol::JsonReader reader;
  db::EventRow row{.seq = 3,
                   .kind = db::EventKind::kJoined,
                   .created_at_ms = 1'000,
                   .body = R"({"userIds":["1","2"],"byUserId":"9"})"};
  const auto joined = event_view(row, reader);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->seq, 3);
  EXPECT_EQ(std::get<protocol::Joined>(joined->detail),
            (protocol::Joined{.user_ids = {{1}, {2}}, .by_user_id = {9}}));

  row.kind = db::EventKind::kMessage;
  row.body = "not { JSON";
  const auto message = event_view(row, reader);
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<protocol::MessageView>(message->detail).content, "not { JSON");
}

TEST(ViewRows, call_an_unreadable_event_our_own_fault) {
  protocol::JsonReader reader;
  for (const char* body : {"not { JSON", "{}", R"({"userIds":[]})"}) {
    const auto event = event_view({.kind = db::EventKind::kLeft, .body = body}, reader);
    ASSERT_FALSE(event) << body;
    EXPECT_EQ(event.error().code, protocol::ErrorCode::kInternal);
  }
}

TEST(ViewRows, show_an_address_to_its_owner_alone) {
  const db::UserRow row{.id = 4, .name = "Ada", .email = "ada@example.org"};
  EXPECT_EQ(user_view(row, {.is_own = true}).email, "ada@example.org");
  EXPECT_FALSE(user_view(row, {.is_online = true}).email);
  EXPECT_TRUE(user_view(row, {.is_online = true}).is_online);
}

}  // namespace
}  // namespace ringtalk::app::chat
