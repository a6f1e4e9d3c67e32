#include "app/protocol/request_bodies.h"

#include <algorithm>

#include "app/protocol/bounds.h"
#include "app/protocol/json_fields.h"

namespace ringtalk::app::protocol {

namespace {

// Reads the object, lets `take` fill a Body from its fields, and gives that or what was wrong.
template <class Body, class Take>
Parsed<Body> parse_body(JsonReader& reader, std::string_view text, Take take) {
  const auto object = read_object(reader, text);
  if (!object) return std::unexpected(object.error());
  Fields fields(*object);
  Body body = take(fields);
  if (!fields.is_valid()) return std::unexpected(fields.problem());
  return body;
}

}  // namespace

Parsed<RegisterBody> parse_register(JsonReader& reader, std::string_view body) {
  return parse_body<RegisterBody>(reader, body, [](Fields& fields) {
    return RegisterBody{.name = fields.text("name", user_name_fault),
                        .email = fields.text("email", email_fault),
                        .password = fields.text("password", password_fault)};
  });
}

Parsed<TestUsersBody> parse_test_users(JsonReader& reader, std::string_view body) {
  return parse_body<TestUsersBody>(reader, body, [](Fields& fields) {
    return TestUsersBody{
        .count = fields.integer("count", {.min = 1, .max = kTestUsersMax}),
        .name_prefix =
            fields.optional_text("namePrefix", test_name_prefix_fault).value_or("test user ")};
  });
}

Parsed<LoginBody> parse_login(JsonReader& reader, std::string_view body) {
  return parse_body<LoginBody>(reader, body, [](Fields& fields) {
    return LoginBody{.email = fields.text("email", no_fault),
                     .password = fields.text("password", no_fault)};
  });
}

Parsed<RefreshTokenBody> parse_refresh_token(JsonReader& reader, std::string_view body) {
  return parse_body<RefreshTokenBody>(reader, body, [](Fields& fields) {
    return RefreshTokenBody{.refresh_token = fields.text("refreshToken", no_fault)};
  });
}

Parsed<ProfileBody> parse_profile(JsonReader& reader, std::string_view body) {
  return parse_body<ProfileBody>(reader, body, [](Fields& fields) {
    return ProfileBody{.name = fields.optional_text("name", user_name_fault)};
  });
}

Parsed<CreateConversationBody> parse_create_conversation(JsonReader& reader, std::string_view body,
                                                         UserId creator) {
  return parse_body<CreateConversationBody>(reader, body, [creator](Fields& fields) {
    CreateConversationBody result;
    result.is_group = fields.boolean("isGroup");
    result.other_members = fields.user_ids("memberIds", {.max = kMembersNamedMax});
    std::erase(result.other_members, creator);
    if (!fields.is_valid()) return result;  // what is asked for next depends on isGroup
    if (result.is_group) {
      result.name = fields.text("name", conversation_name_fault);
    } else if (result.other_members.size() != 1) {
      fields.refuse("memberIds", "must name exactly one other user, unless isGroup is true");
    }
    return result;
  });
}

Parsed<RenameConversationBody> parse_rename_conversation(JsonReader& reader,
                                                         std::string_view body) {
  return parse_body<RenameConversationBody>(reader, body, [](Fields& fields) {
    return RenameConversationBody{.name = fields.text("name", conversation_name_fault)};
  });
}

Parsed<AddMembersBody> parse_add_members(JsonReader& reader, std::string_view body) {
  return parse_body<AddMembersBody>(reader, body, [](Fields& fields) {
    return AddMembersBody{.member_ids =
                              fields.user_ids("memberIds", {.min = 1, .max = kMembersNamedMax})};
  });
}

Parsed<SendMessageBody> parse_send_message(JsonReader& reader, std::string_view body) {
  return parse_body<SendMessageBody>(reader, body, [](Fields& fields) {
    fields.optional_text("type", message_type_fault);
    return SendMessageBody{.content = fields.text("content", content_fault),
                           .client_id = fields.optional_uuid("clientId")};
  });
}

Parsed<ReceiptsBody> parse_receipts(JsonReader& reader, std::string_view body) {
  return parse_body<ReceiptsBody>(reader, body, [](Fields& fields) {
    return ReceiptsBody{.delivered_seq = fields.optional_integer("deliveredSeq", {.min = 0}),
                        .read_seq = fields.optional_integer("readSeq", {.min = 0})};
  });
}

Parsed<std::optional<Uuid>> join_idempotency_keys(std::optional<Uuid> client_id,
                                                  std::optional<std::string_view> header) {
  if (!header) return client_id;
  const auto refuse = [](std::string_view detail) {
    return std::unexpected(
        validation_problem({{.field = "Idempotency-Key", .detail = std::string(detail)}}));
  };
  const auto key = parse_uuid(*header);
  if (!key) return refuse("must be a UUID");
  if (client_id && *client_id != *key) return refuse("must be the same as clientId");
  return key;
}

}  // namespace ringtalk::app::protocol
