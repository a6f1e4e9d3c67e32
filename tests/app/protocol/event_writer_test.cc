#include "app/protocol/event_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "app/protocol/bounds.h"
#include "app/protocol/view_writer.h"

namespace ringtalk::app::protocol {
namespace {

constexpr std::string_view kEpoch = R"("1970-01-01T00:00:00.000Z")";

TEST(EventWriter, tells_where_the_client_stands) {
  std::string out;
  const UserView user{.id = {8}, .name = "Al", .email = "al@example.com"};
  const std::vector<ConversationMark> marks{
      {.id = {70}, .last_seq = 9, .delivered_seq = 5, .read_seq = 4}, {.id = {71}}};
  append_ready_message(out, {.session_id = "s1",
                             .epoch = "e1",
                             .user = user,
                             .heartbeat_seconds = 25,
                             .conversations = marks,
                             .has_more = true});
  EXPECT_EQ(out, R"({"op":"ready","sessionId":"s1","epoch":"e1","user":{"id":"8","name":"Al",)"
                 R"("status":"offline","createdAt":)" +
                     std::string(kEpoch) +
                     R"(,"email":"al@example.com"},"heartbeatSeconds":25,"conversations":[)"
                     R"({"id":"70","lastSeq":9,"deliveredSeq":5,"readSeq":4},)"
                     R"({"id":"71","lastSeq":0,"deliveredSeq":0,"readSeq":0}],"hasMore":true})");
}

TEST(EventWriter, wraps_an_event_with_its_conversation) {
  std::string out;
  const EventView event{.seq = 3, .detail = Left{.user_id = {2}, .by_user_id = {1}}};
  append_event_message(out, {70}, event);
  EXPECT_EQ(out, R"({"op":"event","conversationId":"70","event":{"seq":3,"kind":"left",)"
                 R"("timestamp":)" +
                     std::string(kEpoch) + R"(,"userId":"2","byUserId":"1"}})");
}

TEST(EventWriter, acknowledges_with_what_the_client_sent) {
  std::string out;
  const Ref ref = "r\"1";
  append_ack_message(out, {.ref = ref,
                           .client_id = Uuid{},
                           .conversation_id = {70},
                           .seq = 9,
                           .timestamp_ms = 0,
                           .is_duplicate = true});
  EXPECT_EQ(out, R"({"op":"ack","ref":"r\"1","clientId":"00000000-0000-0000-0000-000000000000",)"
                 R"("conversationId":"70","id":"70-9","seq":9,"timestamp":)" +
                     std::string(kEpoch) + R"(,"duplicate":true})");
}

TEST(EventWriter, leaves_out_a_ref_that_was_not_sent) {
  std::string out;
  append_pong_message(out, std::nullopt);
  EXPECT_EQ(out, R"({"op":"pong"})");
  out.clear();
  append_pong_message(out, "");
  EXPECT_EQ(out, R"({"op":"pong","ref":""})");
  out.clear();
  append_ack_message(out, {.ref = std::nullopt, .conversation_id = {70}, .seq = 9});
  EXPECT_TRUE(out.starts_with(R"({"op":"ack","clientId":null,"conversationId":"70",)")) << out;
}

TEST(EventWriter, writes_batches_whole) {
  const std::vector<EventView> events{{.seq = 1, .detail = Renamed{.name = "N", .by_user_id = {1}}},
                                      {.seq = 2, .detail = Left{}}};
  const Ref ref = "r";
  std::string out;
  const BatchView batch{.conversation_id = {70}, .events = events, .last_seq = 5, .ref = ref};
  EXPECT_EQ(append_batch_message(out, batch), 2U);
  EXPECT_TRUE(out.starts_with(
      R"({"op":"batch","conversationId":"70","ref":"r","events":[{"seq":1,"kind":"renamed",)"))
      << out;
  EXPECT_TRUE(out.ends_with(R"(],"lastSeq":5})")) << out;
}

TEST(EventWriter, writes_an_empty_batch_at_the_head) {
  std::string out;
  const Ref ref;
  EXPECT_EQ(append_batch_message(out, {.conversation_id = {70}, .last_seq = 5, .ref = ref}), 0U);
  EXPECT_EQ(out, R"({"op":"batch","conversationId":"70","events":[],"lastSeq":5})");
}

TEST(EventWriter, cuts_a_batch_at_512_kibibytes) {
  const MessageView message{.content = std::string(kContentMax, '\x01')};
  const std::vector<EventView> events(200, EventView{.seq = 1, .detail = message});
  const Ref ref;
  std::string out(1'000'000, 'x');
  const std::size_t before = out.size();
  const std::size_t count = append_batch_message(
      out, {.conversation_id = {70}, .events = events, .last_seq = 200, .ref = ref});
  const std::string batch = out.substr(before);
  EXPECT_LE(batch.size(), kPageBytesMax);
  EXPECT_GT(batch.size(), kPageBytesMax - kMessageJsonBytesMax - 1024);
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(batch)["events"].get_array().size(), count);
}

TEST(EventWriter, tells_errors_and_keeps_the_connection_in_mind) {
  std::string out;
  append_error_message(out, {.code = ErrorCode::kUnavailable}, "r");
  EXPECT_EQ(out, R"({"op":"error","ref":"r","code":"unavailable",)"
                 R"("detail":"the service is not available for the moment","retryable":true})");
}

TEST(EventWriter, tells_receipts_presence_and_typing) {
  std::string out;
  append_receipt_message(
      out, {.conversation_id = {70}, .user_id = {8}, .delivered_seq = 5, .read_seq = 4});
  EXPECT_EQ(out, R"({"op":"receipt","conversationId":"70","userId":"8",)"
                 R"("deliveredSeq":5,"readSeq":4})");
  out.clear();
  append_presence_message(out, {.user_id = {8}, .is_online = true});
  EXPECT_EQ(out, R"({"op":"presence","userId":"8","status":"online","lastSeenAt":null})");
  out.clear();
  append_foreign_presence_message(out, "no-one");
  EXPECT_EQ(out, R"({"op":"presence","userId":"no-one","status":"offline","lastSeenAt":null})");
  out.clear();
  append_presence_message(out, {.user_id = {8}, .is_online = false, .last_seen_at_ms = 0});
  EXPECT_EQ(out, R"({"op":"presence","userId":"8","status":"offline","lastSeenAt":)" +
                     std::string(kEpoch) + "}");
  out.clear();
  append_typing_message(out, {.conversation_id = {70}, .user_id = {8}, .is_on = true});
  EXPECT_EQ(out, R"({"op":"typing","conversationId":"70","userId":"8","on":true})");
}

TEST(EventWriter, tells_of_conversations_gained_and_lost) {
  std::string out;
  const ConversationView conversation{.id = {70}};
  append_conversation_message(out, conversation);
  std::string shape;
  append_conversation(shape, conversation);
  EXPECT_EQ(out, R"({"op":"conversation","conversation":)" + shape + "}");
  out.clear();
  append_removed_message(out, {70});
  EXPECT_EQ(out, R"({"op":"removed","conversationId":"70"})");
}

TEST(EventWriter, says_goodbye_and_renews) {
  std::string out;
  append_bye_message(out, "restarting", 1500);
  EXPECT_EQ(out, R"({"op":"bye","reason":"restarting","reconnectAfterMs":1500})");
  out.clear();
  append_authenticated_message(out, 0, "r");
  EXPECT_EQ(out, R"({"op":"authenticated","ref":"r","expiresAt":)" + std::string(kEpoch) + "}");
}

}  // namespace
}  // namespace ringtalk::app::protocol
