#include "app/protocol/command_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::app::protocol {
namespace {

class CommandParser : public testing::Test {
 protected:
  // The command of a message that must be one.
  template <class T>
  T parsed(std::string_view message) {
    auto command = parse_command(reader_, message);
    if (!command) {
      ADD_FAILURE() << message << ": " << command.error().problem.detail;
      return {};
    }
    return std::get<T>(command->action);
  }

  // "code: detail [ref]" of a message that must be refused.
  std::string refusal(std::string_view message) {
    const auto command = parse_command(reader_, message);
    if (command) return "(none)";
    const auto& [problem, ref] = command.error();
    return std::string(traits_of(problem.code).word) + ": " + std::string(detail_of(problem)) +
           (ref ? " [" + *ref + "]" : "");
  }

  JsonReader reader_;
};

TEST_F(CommandParser, reads_send) {
  const auto send =
      parsed<SendCommand>(R"({"op":"send","conversationId":"7","content":"hé","type":"text",)"
                          R"("clientId":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"})");
  EXPECT_EQ(send.conversation_id, ConversationId{7});
  EXPECT_EQ(send.content, "hé");
  EXPECT_TRUE(send.client_id);
  EXPECT_FALSE(
      parsed<SendCommand>(R"({"op":"send","conversationId":"7","content":"x"})").client_id);
}

TEST_F(CommandParser, reads_sync_with_its_default_limit) {
  const auto sync = parsed<SyncCommand>(R"({"op":"sync","conversationId":"7","afterSeq":0})");
  EXPECT_EQ(sync.after_seq, 0);
  EXPECT_EQ(sync.limit, 100);
}

TEST_F(CommandParser, bounds_the_limit_of_sync) {
  const auto with_limit = [](const char* limit) {
    return R"({"op":"sync","conversationId":"7","afterSeq":3,"limit":)" + std::string(limit) + "}";
  };
  EXPECT_EQ(parsed<SyncCommand>(with_limit("1")).limit, 1);
  EXPECT_EQ(parsed<SyncCommand>(with_limit("200")).limit, 200);
  const std::string refused = "validation_failed: limit must be a number from 1 to 200";
  EXPECT_EQ(refusal(with_limit("0")), refused);
  EXPECT_EQ(refusal(with_limit("201")), refused);
  EXPECT_EQ(refusal(with_limit("18446744073709551615")), refused);
}

TEST_F(CommandParser, reads_marks) {
  const auto delivered =
      parsed<DeliveredCommand>(R"({"op":"delivered","conversationId":"7","seq":5})");
  EXPECT_EQ(delivered.conversation_id, ConversationId{7});
  EXPECT_EQ(delivered.seq, 5);
  EXPECT_EQ(parsed<ReadCommand>(R"({"op":"read","conversationId":"7","seq":6})").seq, 6);
  EXPECT_EQ(refusal(R"({"op":"read","conversationId":"7","seq":"6"})"),
            "validation_failed: seq must be an integer");
}

TEST_F(CommandParser, reads_typing_watch_auth_and_ping) {
  EXPECT_TRUE(parsed<TypingCommand>(R"({"op":"typing","conversationId":"7","on":true})").is_on);
  EXPECT_EQ(parsed<WatchCommand>(R"({"op":"watch","userIds":["2","3","2"]})").user_ids,
            (std::vector<UserId>{{2}, {3}}));
  EXPECT_TRUE(parsed<WatchCommand>(R"({"op":"watch","userIds":[]})").user_ids.empty());
  const auto mixed = parsed<WatchCommand>(R"({"op":"watch","userIds":["no-one","2","no-one"]})");
  EXPECT_EQ(mixed.user_ids, std::vector<UserId>{{2}});
  EXPECT_EQ(mixed.foreign_ids, (std::vector<std::string>{"no-one", "no-one"}));
  EXPECT_EQ(parsed<AuthCommand>(R"({"op":"auth","token":"a.b.c"})").token, "a.b.c");
  parsed<PingCommand>(R"({"op":"ping"})");
}

TEST_F(CommandParser, bounds_watched_users_and_tokens) {
  const auto watch = [](int count) {
    std::string ids;
    for (int i = 0; i < count; ++i) ids += (i > 0 ? ",\"" : "\"") + std::to_string(i + 1) + '"';
    return R"({"op":"watch","userIds":[)" + ids + "]}";
  };
  EXPECT_EQ(parsed<WatchCommand>(watch(200)).user_ids.size(), 200U);
  EXPECT_EQ(refusal(watch(201)), "validation_failed: userIds must have 0 to 200 items");
  const auto auth = [](std::size_t bytes) {
    return R"({"op":"auth","token":")" + std::string(bytes, 'x') + R"("})";
  };
  EXPECT_EQ(parsed<AuthCommand>(auth(4096)).token.size(), 4096U);
  EXPECT_EQ(refusal(auth(4097)), "validation_failed: token must have 1 to 4096 bytes");
}

TEST_F(CommandParser, gives_the_ref_with_commands_and_with_errors) {
  EXPECT_EQ(parse_command(reader_, R"({"op":"ping","ref":"r1"})")->ref, "r1");
  EXPECT_EQ(parse_command(reader_, R"({"op":"ping","ref":""})")->ref, "");
  EXPECT_EQ(parse_command(reader_, R"({"op":"ping"})")->ref, std::nullopt);
  EXPECT_EQ(refusal(R"({"ref":"r2","op":"send","conversationId":"7"})"),
            "validation_failed: content is required [r2]");
  EXPECT_EQ(refusal(R"({"ref":"r3","op":"fly"})"),
            "validation_failed: op is none that this server knows [r3]");
}

TEST_F(CommandParser, bounds_the_ref) {
  const auto ping = [](std::size_t length) {
    std::string ref;
    for (std::size_t i = 0; i < length; ++i) ref += "é";
    return R"({"op":"ping","ref":")" + ref + R"("})";
  };
  parsed<PingCommand>(ping(64));
  EXPECT_EQ(refusal(ping(65)), "validation_failed: ref must have 0 to 64 characters");
  EXPECT_EQ(refusal(R"({"op":"ping","ref":5})"), "validation_failed: ref must be a string");
}

TEST_F(CommandParser, refuses_what_has_no_op) {
  EXPECT_EQ(refusal("{}"), "validation_failed: op is required");
  EXPECT_EQ(refusal(R"({"op":1})"), "validation_failed: op must be a string");
  EXPECT_EQ(refusal(R"({"op":"SEND"})"), "validation_failed: op is none that this server knows");
}

TEST_F(CommandParser, refuses_malformed_and_oversized_messages) {
  EXPECT_EQ(refusal("{"), "malformed_json: the text is not valid JSON");
  EXPECT_EQ(refusal(R"({"op":"ping","op":"ping"})"),
            "malformed_json: the text has a duplicate key");
  EXPECT_EQ(refusal(R"({"op":"ping"})" + std::string(64 * 1024, ' ')),
            "too_large: the body is too large");
  EXPECT_EQ(refusal("[]"), "validation_failed: the body must be a JSON object");
}

TEST_F(CommandParser, takes_an_id_that_is_not_ours_for_one_that_nobody_has) {
  EXPECT_EQ(
      parsed<SendCommand>(R"({"op":"send","conversationId":"abc","content":"x"})").conversation_id,
      ConversationId{0});
  EXPECT_EQ(refusal(R"({"op":"send","conversationId":"a/b","content":"x"})"),
            "validation_failed: conversationId must be an id");
}

}  // namespace
}  // namespace ringtalk::app::protocol
