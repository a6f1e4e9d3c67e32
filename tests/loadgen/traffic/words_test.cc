#include <gtest/gtest.h>

#include <string>

#include "app/protocol/command_parser.h"
#include "app/protocol/event_writer.h"
#include "loadgen/traffic/client_words.h"
#include "loadgen/traffic/full_words.h"
#include "loadgen/traffic/server_words.h"
#include "loadgen/traffic/world.h"

namespace ringtalk::loadgen {
namespace {

namespace protocol = app::protocol;

constexpr Payload kPayload{.run = 7, .sender = 3, .number = 5, .intended_ns = 1234};

std::string content() {
  std::string text;
  append_payload(text, kPayload, kPayloadBytesMin);
  return text;
}

protocol::EventView message_event(std::string_view text) {
  return {.seq = 12,
          .timestamp_ms = 1'790'000'000'000,
          .detail = protocol::MessageView{.conversation_id = {900},
                                          .seq = 12,
                                          .sender_id = {4},
                                          .content = std::string(text),
                                          .timestamp_ms = 1'790'000'000'000}};
}

std::string event_text(std::string_view text) {
  std::string out;
  protocol::append_event_message(out, {900}, message_event(text));
  return out;
}

std::string ack_text(bool is_duplicate) {
  std::string out;
  const protocol::Ref ref = "17";
  protocol::append_ack_message(out, {.ref = ref,
                                     .client_id = protocol::Uuid{},
                                     .conversation_id = {900},
                                     .seq = 12,
                                     .timestamp_ms = 1'790'000'000'000,
                                     .is_duplicate = is_duplicate});
  return out;
}

// --- what the server says ---

TEST(ServerWords, reads_an_event_as_the_server_writes_it) {
  const std::string text = event_text(content());
  const auto event = read_event(text);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->conversation, 900);
  EXPECT_EQ(event->seq, 12);
  const auto payload = find_payload(text);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->number, kPayload.number);
}

TEST(ServerWords, reads_an_ack_as_the_server_writes_it) {
  for (const bool is_duplicate : {false, true}) {
    const auto ack = read_ack(ack_text(is_duplicate));
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->ref, 17U);
    EXPECT_EQ(ack->seq, 12);
    EXPECT_EQ(ack->is_duplicate, is_duplicate);
  }
}

TEST(ServerWords, leaves_everything_else_to_the_full_parse) {
  const std::string event = event_text("hello");
  const std::string ack = ack_text(false);
  for (const std::string& text :
       {std::string(), std::string("{}"), event.substr(0, 40), " " + event, ack,
        std::string(R"({"op":"event","conversationId":"x","event":{"seq":1,"kind":"message"}})"),
        std::string(R"({"op":"event","conversationId":"-5","event":{"seq":1,"kind":"message"}})"),
        std::string(R"({"op":"event","conversationId":"5","event":{"kind":"message","seq":1}})")}) {
    EXPECT_FALSE(read_event(text)) << text;
  }
  for (const std::string& text :
       {std::string(), std::string("{}"), event, ack.substr(0, ack.size() - 1), ack + " ",
        std::string(R"({"op":"ack","ref":"x","seq":1,"duplicate":false})"),
        std::string(R"({"op":"ack","ref":"1","seq":-1,"duplicate":false})"),
        std::string(R"({"op":"ack","clientId":null,"seq":1,"duplicate":false})")}) {
    EXPECT_FALSE(read_ack(text)) << text;
  }
}

TEST(FullWords, read_the_same_in_any_order_and_spacing) {
  FullWords words;
  const ServerWord event =
      words.read(R"({ "event": {"kind": "message", "message": {"content": ")" + content() +
                 R"("}, "seq": 12}, "conversationId": "900", "op": "event" })");
  const auto* heard = std::get_if<FullEventWord>(&event);
  ASSERT_NE(heard, nullptr);
  EXPECT_EQ(heard->conversation, 900);
  EXPECT_EQ(heard->event.seq, 12);
  ASSERT_TRUE(heard->event.payload);
  EXPECT_EQ(heard->event.payload->sender, kPayload.sender);

  const ServerWord ack = words.read(R"({"op": "ack", "seq": 12, "duplicate": true, "ref": "17"})");
  ASSERT_TRUE(std::holds_alternative<AckWord>(ack));
  EXPECT_EQ(std::get<AckWord>(ack).ref, 17U);
  EXPECT_TRUE(std::get<AckWord>(ack).is_duplicate);
}

TEST(FullWords, read_what_the_server_writes) {
  FullWords words;
  std::string text;
  const protocol::Ref no_ref;
  const protocol::EventView events[] = {message_event("not ours")};
  protocol::append_batch_message(
      text, {.conversation_id = {900}, .events = events, .last_seq = 40, .ref = no_ref});
  const ServerWord batch = words.read(text);
  ASSERT_TRUE(std::holds_alternative<BatchWord>(batch));
  EXPECT_EQ(std::get<BatchWord>(batch).last_seq, 40);
  ASSERT_EQ(std::get<BatchWord>(batch).events.size(), 1U);
  EXPECT_EQ(std::get<BatchWord>(batch).events[0].seq, 12);
  EXPECT_FALSE(std::get<BatchWord>(batch).events[0].payload);

  text.clear();
  protocol::append_error_message(text, {.code = protocol::ErrorCode::kNotFound}, "17");
  const ServerWord error = words.read(text);
  ASSERT_TRUE(std::holds_alternative<ErrorWord>(error));
  EXPECT_EQ(std::get<ErrorWord>(error).ref, 17U);
  EXPECT_EQ(std::get<ErrorWord>(error).code, "not_found");

  text.clear();
  protocol::append_pong_message(text, {});
  EXPECT_TRUE(std::holds_alternative<PassingWord>(words.read(text)));
}

TEST(FullWords, tell_what_is_no_message_of_the_contract) {
  FullWords words;
  for (const std::string_view text :
       {"", "[]", "{", "{}", R"({"op":7})", R"({"op":"event"})", R"({"op":"ack","seq":1})"}) {
    EXPECT_TRUE(std::holds_alternative<StrangeWord>(words.read(text))) << text;
  }
}

TEST(FullWords, read_bodies_and_refuse_others) {
  FullWords words;
  const auto users =
      words.users(R"({"users":[{"id":"1","token":"a","refreshToken":"b"},{"id":"2","token":"c"}],)"
                  R"("expiresIn":9})");
  ASSERT_TRUE(users);
  ASSERT_EQ(users->users.size(), 2U);
  EXPECT_EQ(users->users[1].token, "c");
  EXPECT_EQ(users->expires_in_s, 9);
  EXPECT_FALSE(words.users(R"({"users":1})"));
  EXPECT_FALSE(words.login(R"({"token":"a"})"));
  const auto page =
      words.page(R"({"messages":[{"seq":9,"content":"x"},{"seq":8}],"nextCursor":"abc"})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->next_cursor, "abc");
  EXPECT_FALSE(words.page("{}"));
  EXPECT_EQ(words.text(R"({"code":"not_found"})", "code"), "not_found");
  EXPECT_EQ(words.number(R"({"seq":3})", "seq"), 3);
  EXPECT_FALSE(words.number("<html>", "seq"));
}

// --- what we say ---

TEST(ClientWords, the_server_reads_what_we_write) {
  protocol::JsonReader reader;
  std::string text;
  append_send(text, {.conversation_id = "900",
                     .ref = 17,
                     .client_id = client_id_of(1, 2, 3, 4),
                     .content = content()});
  const auto send = protocol::parse_command(reader, text);
  ASSERT_TRUE(send) << text;
  const auto* command = std::get_if<protocol::SendCommand>(&send->action);
  ASSERT_NE(command, nullptr);
  EXPECT_EQ(command->content, content());

  for (const auto& write : {+[](std::string& out) { append_sync(out, "900", 4); },
                            +[](std::string& out) { append_mark(out, "read", "900", 4); },
                            +[](std::string& out) { append_mark(out, "delivered", "900", 4); },
                            +[](std::string& out) { append_typing(out, "900", true); },
                            +[](std::string& out) { append_auth(out, "abc"); }}) {
    text.clear();
    write(text);
    EXPECT_TRUE(protocol::parse_command(reader, text)) << text;
  }
}

TEST(ClientWords, each_message_has_an_id_of_its_own) {
  const std::string one = client_id_of(1, 2, 3, 4);
  EXPECT_TRUE(protocol::parse_uuid(one)) << one;
  EXPECT_TRUE(protocol::parse_uuid(client_id_of(~0U, ~0U, ~0U, ~0ULL)));
  for (const std::string& other :
       {client_id_of(2, 2, 3, 4), client_id_of(1, 3, 3, 4), client_id_of(1, 2 + 65'536, 3, 4),
        client_id_of(1, 2, 4, 4), client_id_of(1, 2, 3 + 4096, 4), client_id_of(1, 2, 3, 5)}) {
    EXPECT_NE(one, other);
  }
}

TEST(World, ids_become_numbers_and_other_texts_too) {
  EXPECT_EQ(key_of("712838712934400123"), 712838712934400123);
  EXPECT_LT(key_of("conv-1"), 0);
  EXPECT_NE(key_of("conv-1"), key_of("conv-2"));
  EXPECT_LT(key_of("99999999999999999999"), 0);
  EXPECT_LT(key_of("-5"), 0);
}

}  // namespace
}  // namespace ringtalk::loadgen
