// parse_command, and every REST body parser, under arbitrary bytes.
// What must hold: nothing crashes; a command that was accepted keeps the contract's bounds, and its
// text, written out again as JSON, is read back as the same; a refusal carries a code and words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/protocol/bounds.h"
#include "app/protocol/command_parser.h"
#include "app/protocol/json_writer.h"
#include "app/protocol/request_bodies.h"
#include "app/protocol/text_rules.h"

namespace ringtalk::app::protocol {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string as_json(const SendCommand& send, const std::optional<std::string>& ref) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.text("op", "send");
  if (ref) json.text("ref", *ref);
  json.text("conversationId", send.conversation_id.value > 0 ? to_text(send.conversation_id) : "-");
  json.text("content", send.content);
  if (send.client_id) json.key("clientId").uuid(*send.client_id);
  json.end_object();
  return text;
}

void check_send(JsonReader& reader, const Command& command, const SendCommand& send) {
  const std::size_t length = count_code_points(send.content);
  require(length >= 1 && length <= kContentMax);
  require(send.content.find('\0') == std::string::npos);
  const auto again = parse_command(reader, as_json(send, command.ref));
  require(again.has_value() && again->ref == command.ref);
  const auto& same = std::get<SendCommand>(again->action);
  require(same.conversation_id == send.conversation_id && same.content == send.content);
  require(same.client_id == send.client_id);
}

void check_command(JsonReader& reader, std::string_view text) {
  const auto command = parse_command(reader, text);
  if (!command) {
    require(!detail_of(command.error().problem).empty());
    return;
  }
  require(!command->ref || count_code_points(*command->ref) <= kRefMax);
  if (const auto* send = std::get_if<SendCommand>(&command->action)) {
    check_send(reader, *command, *send);
  } else if (const auto* sync = std::get_if<SyncCommand>(&command->action)) {
    require(sync->limit >= 1 && sync->limit <= kEventPage.limit_max && sync->after_seq >= 0);
  } else if (const auto* watch = std::get_if<WatchCommand>(&command->action)) {
    require(watch->user_ids.size() + watch->foreign_ids.size() <= kWatchedUsersMax);
  }
}

void check_bodies(JsonReader& reader, std::string_view text) {
  if (const auto body = parse_register(reader, text)) {
    require(!user_name_fault(body->name) && !email_fault(body->email));
  }
  if (const auto body = parse_create_conversation(reader, text, UserId{1})) {
    require(body->other_members.size() <= kMembersNamedMax);
    require(body->is_group == body->name.has_value());
  }
  if (const auto body = parse_receipts(reader, text)) {
    require(body->read_seq.value_or(0) >= 0 && body->delivered_seq.value_or(0) >= 0);
  }
  static_cast<void>(parse_login(reader, text));
  static_cast<void>(parse_add_members(reader, text));
  static_cast<void>(parse_send_message(reader, text));
}

}  // namespace
}  // namespace ringtalk::app::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ringtalk::app::protocol::JsonReader reader;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ringtalk::app::protocol::check_command(reader, text);
  ringtalk::app::protocol::check_bodies(reader, text);
  return 0;
}
