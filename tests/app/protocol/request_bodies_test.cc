#include "app/protocol/request_bodies.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::app::protocol {
namespace {

constexpr UserId kCreator{1};

class RequestBodies : public testing::Test {
 protected:
  Parsed<CreateConversationBody> create(std::string_view body) {
    return parse_create_conversation(reader_, body, kCreator);
  }

  JsonReader reader_;
};

// "field: detail" of each error, a line each; the code alone when it is no failed validation.
template <class T>
std::string errors_of(const Parsed<T>& result) {
  if (result) return "(none)";
  const Problem& problem = result.error();
  std::string lines;
  if (problem.code != ErrorCode::kValidationFailed)
    return std::string(traits_of(problem.code).word);
  for (const FieldError& error : problem.errors) {
    if (!lines.empty()) lines += '\n';
    lines += error.field + ": " + error.detail;
  }
  return lines;
}

std::string quoted_ids(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    if (i > 0) list += ',';
    list += '"' + std::to_string(100 + i) + '"';
  }
  return list;
}

TEST_F(RequestBodies, register_takes_name_email_and_password) {
  const auto body = parse_register(
      reader_, R"({"name":"Alice","email":"A@example.com","password":"12345678","x":[1]})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->name, "Alice");
  EXPECT_EQ(body->email, "A@example.com");
  EXPECT_EQ(body->password, "12345678");
}

TEST_F(RequestBodies, register_names_every_bad_field) {
  EXPECT_EQ(errors_of(parse_register(reader_, R"({"name":"","email":7,"password":null})")),
            "name: must have 1 to 64 characters\nemail: must be a string\npassword: is required");
  EXPECT_EQ(errors_of(parse_register(reader_, "{}")),
            "name: is required\nemail: is required\npassword: is required");
}

TEST_F(RequestBodies, malformed_json_is_told_apart_from_failed_validation) {
  EXPECT_EQ(errors_of(parse_register(reader_, "{")), "malformed_json");
  EXPECT_EQ(errors_of(parse_register(reader_, "[]")), ": must be a JSON object");
  EXPECT_EQ(errors_of(parse_register(reader_, std::string(70'000, ' '))), "too_large");
}

TEST_F(RequestBodies, test_users_are_counted_and_named) {
  const auto least = parse_test_users(reader_, R"({"count":1})");
  ASSERT_TRUE(least);
  EXPECT_EQ(least->count, 1);
  EXPECT_EQ(least->name_prefix, "test user ");
  const auto most =
      parse_test_users(reader_, R"({"count":1000,"namePrefix":")" + std::string(60, 'x') + "\"}");
  ASSERT_TRUE(most);
  EXPECT_EQ(most->count, 1000);
  EXPECT_EQ(most->name_prefix, std::string(60, 'x'));
  EXPECT_EQ(errors_of(parse_test_users(reader_, R"({"count":0})")),
            "count: must be a number from 1 to 1000");
  EXPECT_EQ(errors_of(parse_test_users(
                reader_, R"({"count":1001,"namePrefix":")" + std::string(61, 'x') + "\"}")),
            "count: must be a number from 1 to 1000\nnamePrefix: must have 1 to 60 characters");
}

TEST_F(RequestBodies, login_takes_any_strings_and_leaves_judgement_to_the_store) {
  const auto body = parse_login(reader_, R"({"email":"","password":"x"})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->email, "");
  EXPECT_EQ(body->password, "x");
  EXPECT_EQ(errors_of(parse_login(reader_, R"({"email":"a","password":1})")),
            "password: must be a string");
}

TEST_F(RequestBodies, refresh_token_is_required) {
  EXPECT_EQ(parse_refresh_token(reader_, R"({"refreshToken":"abc"})")->refresh_token, "abc");
  EXPECT_EQ(errors_of(parse_refresh_token(reader_, "{}")), "refreshToken: is required");
}

TEST_F(RequestBodies, profile_may_change_nothing) {
  EXPECT_EQ(parse_profile(reader_, "{}")->name, std::nullopt);
  EXPECT_EQ(parse_profile(reader_, R"({"name":null})")->name, std::nullopt);
  EXPECT_EQ(parse_profile(reader_, R"({"name":"Al"})")->name, "Al");
  EXPECT_EQ(errors_of(parse_profile(reader_, R"({"name":" "})")), "name: must not be blank");
}

TEST_F(RequestBodies, group_needs_a_name_and_drops_doubles_and_its_creator) {
  const auto body = create(R"({"name":"Team","memberIds":["3","1","2","3"],"isGroup":true})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->name, "Team");
  EXPECT_EQ(body->other_members, (std::vector<UserId>{{3}, {2}}));
  EXPECT_TRUE(body->is_group);
  EXPECT_EQ(errors_of(create(R"({"memberIds":["3"],"isGroup":true})")), "name: is required");
}

TEST_F(RequestBodies, group_may_be_its_creator_alone) {
  EXPECT_TRUE(create(R"({"name":"Notes","memberIds":[],"isGroup":true})")->other_members.empty());
}

TEST_F(RequestBodies, direct_conversation_ignores_a_name_of_any_type) {
  const auto body = create(R"({"name":["?"],"memberIds":["2"],"isGroup":false})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->name, std::nullopt);
  EXPECT_EQ(body->other_members, (std::vector<UserId>{{2}}));
}

TEST_F(RequestBodies, direct_conversation_is_of_exactly_two_people) {
  EXPECT_TRUE(create(R"({"memberIds":["1","2","2"],"isGroup":false})"));
  for (const char* ids : {"", R"("1")", R"("2","3")"}) {
    const std::string text = R"({"isGroup":false,"memberIds":[)" + std::string(ids) + "]}";
    EXPECT_EQ(errors_of(create(text)),
              "memberIds: must name exactly one other user, unless isGroup is true");
  }
}

TEST_F(RequestBodies, member_ids_are_bounded_and_checked_one_by_one) {
  const auto with_ids = [](const std::string& ids) {
    return R"({"name":"Team","isGroup":true,"memberIds":[)" + ids + "]}";
  };
  EXPECT_EQ(create(with_ids(quoted_ids(999)))->other_members.size(), 999U);
  EXPECT_EQ(errors_of(create(with_ids(quoted_ids(1000)))), "memberIds: must have 0 to 999 items");
  EXPECT_EQ(errors_of(create(with_ids(R"("2",3)"))), "memberIds[1]: must be an id");
  EXPECT_EQ(errors_of(create(with_ids(R"("2 ")"))), "memberIds[0]: must be an id");
  EXPECT_EQ(create(with_ids(R"("nobody")"))->other_members, (std::vector<UserId>{{0}}));
}

TEST_F(RequestBodies, create_conversation_needs_its_members_in_their_types) {
  EXPECT_EQ(errors_of(create(R"({"isGroup":"true","memberIds":"2"})")),
            "isGroup: must be true or false\nmemberIds: must be an array");
  EXPECT_EQ(errors_of(create("{}")), "isGroup: is required\nmemberIds: is required");
}

TEST_F(RequestBodies, rename_needs_a_name_of_up_to_128) {
  EXPECT_EQ(parse_rename_conversation(reader_, R"({"name":"New"})")->name, "New");
  EXPECT_EQ(errors_of(parse_rename_conversation(reader_, R"({"name":null})")), "name: is required");
}

TEST_F(RequestBodies, add_members_needs_at_least_one) {
  EXPECT_EQ(parse_add_members(reader_, R"({"memberIds":["2","2"]})")->member_ids,
            (std::vector<UserId>{{2}}));
  EXPECT_EQ(errors_of(parse_add_members(reader_, R"({"memberIds":[]})")),
            "memberIds: must have 1 to 999 items");
}

TEST_F(RequestBodies, message_takes_content_type_and_client_id) {
  const auto body = parse_send_message(
      reader_,
      R"({"content":"hi\n","type":"text","clientId":"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->content, "hi\n");
  EXPECT_EQ(to_text(body->client_id.value()), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  EXPECT_EQ(parse_send_message(reader_, R"({"content":"x","clientId":null})")->client_id,
            std::nullopt);
}

TEST_F(RequestBodies, message_refuses_other_types_and_bad_keys) {
  EXPECT_EQ(errors_of(parse_send_message(reader_, R"({"content":"x","type":"image"})")),
            "type: must be \"text\"");
  EXPECT_EQ(errors_of(parse_send_message(reader_, R"({"content":"x","clientId":"1"})")),
            "clientId: must be a UUID");
  EXPECT_EQ(errors_of(parse_send_message(reader_, R"({"content":""})")),
            "content: must have 1 to 4096 characters");
}

TEST_F(RequestBodies, receipts_take_either_mark_both_or_none) {
  const auto both = parse_receipts(reader_, R"({"deliveredSeq":9,"readSeq":0})");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->delivered_seq, 9);
  EXPECT_EQ(both->read_seq, 0);
  EXPECT_EQ(parse_receipts(reader_, "{}")->read_seq, std::nullopt);
  EXPECT_EQ(parse_receipts(reader_, R"({"readSeq":9223372036854775807})")->read_seq,
            std::numeric_limits<std::int64_t>::max());
}

TEST_F(RequestBodies, receipts_refuse_what_is_no_seq) {
  for (const char* value : {"1.0", "\"1\"", "true", "[]", "1e3"}) {
    const std::string text = R"({"readSeq":)" + std::string(value) + "}";
    EXPECT_EQ(errors_of(parse_receipts(reader_, text)), "readSeq: must be an integer") << value;
  }
  for (const char* value : {"-1", "9223372036854775808", "-9223372036854775808"}) {
    const std::string text = R"({"readSeq":)" + std::string(value) + "}";
    EXPECT_EQ(errors_of(parse_receipts(reader_, text)),
              "readSeq: must be a number from 0 to 9223372036854775807")
        << value;
  }
}

TEST(IdempotencyKeys, join_when_they_agree) {
  const char* const text = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  const auto key = parse_uuid(text);
  EXPECT_EQ(join_idempotency_keys(std::nullopt, std::nullopt).value(), std::nullopt);
  EXPECT_EQ(join_idempotency_keys(key, std::nullopt).value(), key);
  EXPECT_EQ(join_idempotency_keys(std::nullopt, text).value(), key);
  EXPECT_EQ(join_idempotency_keys(key, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6").value(), key);
}

TEST(IdempotencyKeys, are_refused_when_they_differ_or_are_none) {
  const auto key = parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  EXPECT_EQ(errors_of(join_idempotency_keys(key, "00000000-0000-4000-8000-000000000000")),
            "Idempotency-Key: must be the same as clientId");
  EXPECT_EQ(errors_of(join_idempotency_keys(key, "x")), "Idempotency-Key: must be a UUID");
  EXPECT_EQ(errors_of(join_idempotency_keys(std::nullopt, "")), "Idempotency-Key: must be a UUID");
}

}  // namespace
}  // namespace ringtalk::app::protocol
