// The body of every REST call, from JSON text to a checked value.
// Pure functions over the caller's JsonReader, on its thread; the results own what they hold.
// A body that is no JSON is `malformed_json`; one that breaks a rule is `validation_failed` and
// names every field that does, so that a handler can look up what the path names in between: 404
// comes after the first and before the second.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/protocol/ids.h"
#include "app/protocol/json_reader.h"
#include "app/protocol/problem.h"

namespace ringtalk::app::protocol {

struct RegisterBody {
  std::string name;
  std::string email;  // as given; compare by fold_email
  std::string password;
};

// Behind --test-endpoints.
struct TestUsersBody {
  std::int64_t count = 0;   // 1..kTestUsersMax
  std::string name_prefix;  // before the number of each
};

// Any two strings: what could never have been registered is refused as every wrong password is.
struct LoginBody {
  std::string email;
  std::string password;
};

struct RefreshTokenBody {
  std::string refresh_token;
};

struct ProfileBody {
  std::optional<std::string> name;  // absent: nothing changes
};

struct CreateConversationBody {
  std::optional<std::string> name;    // present in groups, absent in direct ones
  std::vector<UserId> other_members;  // without doubles and without the creator; one in direct ones
  bool is_group = false;
};

struct RenameConversationBody {
  std::string name;
};

struct AddMembersBody {
  std::vector<UserId> member_ids;  // at least one, without doubles
};

struct SendMessageBody {
  std::string content;
  std::optional<Uuid> client_id;
};

// Either, both or none.
struct ReceiptsBody {
  std::optional<Seq> delivered_seq;
  std::optional<Seq> read_seq;
};

Parsed<RegisterBody> parse_register(JsonReader& reader, std::string_view body);
Parsed<TestUsersBody> parse_test_users(JsonReader& reader, std::string_view body);
Parsed<LoginBody> parse_login(JsonReader& reader, std::string_view body);
Parsed<RefreshTokenBody> parse_refresh_token(JsonReader& reader, std::string_view body);
Parsed<ProfileBody> parse_profile(JsonReader& reader, std::string_view body);
Parsed<CreateConversationBody> parse_create_conversation(JsonReader& reader, std::string_view body,
                                                         UserId creator);
Parsed<RenameConversationBody> parse_rename_conversation(JsonReader& reader, std::string_view body);
Parsed<AddMembersBody> parse_add_members(JsonReader& reader, std::string_view body);
Parsed<SendMessageBody> parse_send_message(JsonReader& reader, std::string_view body);
Parsed<ReceiptsBody> parse_receipts(JsonReader& reader, std::string_view body);

// The one key of a send that may carry it in its body, in the header Idempotency-Key, or in both
// alike.
Parsed<std::optional<Uuid>> join_idempotency_keys(std::optional<Uuid> client_id,
                                                  std::optional<std::string_view> header);

}  // namespace ringtalk::app::protocol
