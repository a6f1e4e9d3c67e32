#include "app/protocol/view_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "app/protocol/bounds.h"

namespace ringtalk::app::protocol {
namespace {

template <class View>
std::string written(void (*append)(std::string&, const View&), const View& view) {
  std::string out;
  append(out, view);
  return out;
}

MessageView message(Seq seq) {
  return {.conversation_id = {70},
          .seq = seq,
          .sender_id = {8},
          .content = "hi \"you\"",
          .timestamp_ms = 1'795'428'000'123};
}

constexpr std::string_view kMessageNine =
    R"({"id":"70-9","conversationId":"70","seq":9,"senderId":"8","type":"text",)"
    R"("content":"hi \"you\"","timestamp":"2026-11-23T10:00:00.123Z","clientId":null,)"
    R"("status":"sent"})";

TEST(ViewWriter, shows_an_address_only_where_there_is_one) {
  UserView user{.id = {8}, .name = "Al", .is_online = true};
  EXPECT_EQ(written(append_user, user),
            R"({"id":"8","name":"Al","status":"online","createdAt":"1970-01-01T00:00:00.000Z"})");
  user.is_online = false;
  user.email = "al@example.com";
  EXPECT_EQ(written(append_user, user),
            R"({"id":"8","name":"Al","status":"offline",)"
            R"("createdAt":"1970-01-01T00:00:00.000Z","email":"al@example.com"})");
}

TEST(ViewWriter, shows_messages) {
  MessageView view = message(9);
  EXPECT_EQ(written(append_message, view), kMessageNine);
  view.client_id = parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  view.status = MessageStatus::kRead;
  const std::string text = written(append_message, view);
  EXPECT_NE(text.find(R"("clientId":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6","status":"read"})"),
            text.npos);
}

TEST(ViewWriter, shows_conversations) {
  ConversationView view{.id = {70},
                        .name = "Team",
                        .creator_id = {8},
                        .member_ids = {{8}, {9}},
                        .is_group = true,
                        .last_seq = 9,
                        .last_message = message(9),
                        .delivered_seq = 5,
                        .read_seq = 4,
                        .unread_count = 3};
  EXPECT_EQ(written(append_conversation, view),
            R"({"id":"70","name":"Team","creatorId":"8","memberIds":["8","9"],"isGroup":true,)"
            R"("createdAt":"1970-01-01T00:00:00.000Z","lastSeq":9,"lastMessage":)" +
                std::string(kMessageNine) + R"(,"deliveredSeq":5,"readSeq":4,"unreadCount":3})");
  view.name.reset();
  view.last_message.reset();
  const std::string text = written(append_conversation, view);
  EXPECT_NE(text.find(R"("name":null)"), text.npos);
  EXPECT_NE(text.find(R"("lastMessage":null,)"), text.npos);
}

TEST(ViewWriter, shows_every_kind_of_event) {
  EXPECT_EQ(written(append_event, EventView{.seq = 9, .timestamp_ms = 0, .detail = message(9)}),
            R"({"seq":9,"kind":"message","timestamp":"1970-01-01T00:00:00.000Z","message":)" +
                std::string(kMessageNine) + "}");
  const auto with = [](EventDetail detail) {
    return written(append_event, EventView{.seq = 1, .timestamp_ms = 0, .detail = detail});
  };
  EXPECT_EQ(with(Joined{.user_ids = {{2}}, .by_user_id = {1}}),
            R"({"seq":1,"kind":"joined","timestamp":"1970-01-01T00:00:00.000Z",)"
            R"("userIds":["2"],"byUserId":"1"})");
  EXPECT_EQ(with(Left{.user_id = {2}, .by_user_id = {1}}),
            R"({"seq":1,"kind":"left","timestamp":"1970-01-01T00:00:00.000Z",)"
            R"("userId":"2","byUserId":"1"})");
  EXPECT_EQ(with(Renamed{.name = "N", .by_user_id = {1}}),
            R"({"seq":1,"kind":"renamed","timestamp":"1970-01-01T00:00:00.000Z",)"
            R"("name":"N","byUserId":"1"})");
}

TEST(ViewWriter, shows_a_login) {
  std::string out;
  const UserView user{.id = {8}, .name = "Al"};
  append_login(out, {.token = "t", .expires_in_seconds = 900, .refresh_token = "r", .user = user});
  EXPECT_EQ(out, R"({"token":"t","tokenType":"Bearer","expiresIn":900,"refreshToken":"r","user":)" +
                     written(append_user, user) + "}");
}

TEST(Pages, that_end_the_list_have_no_cursor) {
  std::string out;
  EXPECT_EQ(append_message_page(out, std::vector{message(9)}, {.has_more = false}), 1U);
  EXPECT_EQ(out, R"({"messages":[)" + std::string(kMessageNine) + R"(],"nextCursor":null})");
  out.clear();
  EXPECT_EQ(append_conversation_page(out, {}, false), 0U);
  EXPECT_EQ(out, R"({"conversations":[],"nextCursor":null})");
  out.clear();
  append_user_page(out, std::vector<UserView>(2));
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(out)["users"].get_array().size(), 2U);
}

std::string cursor_of(const std::string& page) {
  simdjson::dom::parser parser;
  return std::string(parser.parse(page)["nextCursor"].get_string().value());
}

TEST(Pages, that_go_on_have_a_cursor_behind_their_last_item) {
  std::string out;
  append_message_page(out, std::vector{message(9), message(7)}, {.has_more = true});
  EXPECT_EQ(decode_history_cursor(cursor_of(out)), (HistoryCursor{.seq = 7}));
  out.clear();
  append_message_page(out, std::vector{message(9)},
                      {.direction = Direction::kOldestFirst, .has_more = true});
  EXPECT_EQ(decode_history_cursor(cursor_of(out)),
            (HistoryCursor{.direction = Direction::kOldestFirst, .seq = 9}));
  out.clear();
  const ConversationView conversation{.id = {70}, .last_activity_ms = 123};
  append_conversation_page(out, std::vector{conversation}, true);
  EXPECT_EQ(decode_conversation_cursor(cursor_of(out)),
            (ConversationCursor{.last_activity_ms = 123, .id = {70}}));
}

TEST(Pages, are_cut_at_512_kibibytes_and_say_so) {
  std::vector<MessageView> messages;
  for (Seq seq = 100; seq > 0; --seq) {
    messages.push_back(message(seq));
    messages.back().content = std::string(kContentMax, '\x01');
  }
  std::string out = "what stood here before";
  const std::size_t before = out.size();
  const std::size_t count = append_message_page(out, messages, {.has_more = false});
  const std::string page = out.substr(before);
  EXPECT_LE(page.size(), kPageBytesMax);
  EXPECT_GT(page.size(), kPageBytesMax - kMessageJsonBytesMax - 1024);
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(page)["messages"].get_array().size(), count);
  EXPECT_EQ(decode_history_cursor(cursor_of(page)),
            (HistoryCursor{.seq = messages[count - 1].seq}));
}

TEST(Pages, of_events_tell_the_head_and_how_many_fitted) {
  MessageView long_message = message(1);
  long_message.content = std::string(kContentMax, '\x01');
  const std::vector<EventView> events(200, EventView{.seq = 1, .detail = long_message});
  std::string out;
  const std::size_t count = append_event_page(out, events, 4711);
  EXPECT_LE(out.size(), kPageBytesMax);
  simdjson::dom::parser parser;
  const auto page = parser.parse(out);
  EXPECT_EQ(page["events"].get_array().size(), count);
  EXPECT_LT(count, 200U);
  EXPECT_EQ(page["lastSeq"].get_int64().value(), 4711);
}

// The arithmetic of bounds.h: the longest of each shape is within the bound that it is given there.
TEST(Bounds, hold_for_the_longest_message_and_conversation) {
  constexpr std::int64_t kLongestId = std::numeric_limits<std::int64_t>::max();
  const MessageView longest{.conversation_id = {kLongestId},
                            .seq = kLongestId,
                            .sender_id = {kLongestId},
                            .content = std::string(kContentMax, '\x01'),
                            .timestamp_ms = 0,
                            .client_id = Uuid{},
                            .status = MessageStatus::kDelivered};
  EXPECT_LE(written(append_message, longest).size(), kMessageJsonBytesMax);
  const ConversationView conversation{
      .id = {kLongestId},
      .name = std::string(kConversationNameMax, '\x01'),
      .creator_id = {kLongestId},
      .member_ids = std::vector<UserId>(kMembersMax, UserId{kLongestId}),
      .last_seq = kLongestId,
      .last_message = longest,
      .delivered_seq = kLongestId,
      .read_seq = kLongestId,
      .unread_count = kLongestId};
  EXPECT_LE(written(append_conversation, conversation).size(), kConversationJsonBytesMax);
}

}  // namespace
}  // namespace ringtalk::app::protocol
