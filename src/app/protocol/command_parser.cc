#include "app/protocol/command_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/protocol/bounds.h"
#include "app/protocol/json_fields.h"

namespace ringtalk::app::protocol {

namespace {

CommandAction take_send(Fields& fields) {
  fields.optional_text("type", message_type_fault);
  return SendCommand{.conversation_id = fields.conversation_id("conversationId"),
                     .content = fields.text("content", content_fault),
                     .client_id = fields.optional_uuid("clientId")};
}

CommandAction take_sync(Fields& fields) {
  return SyncCommand{
      .conversation_id = fields.conversation_id("conversationId"),
      .after_seq = fields.integer("afterSeq", {.min = 0}),
      .limit = fields.optional_integer("limit", {.min = 1, .max = kEventPage.limit_max})
                   .value_or(kEventPage.limit_default)};
}

CommandAction take_delivered(Fields& fields) {
  return DeliveredCommand{.conversation_id = fields.conversation_id("conversationId"),
                          .seq = fields.integer("seq", {.min = 0})};
}

CommandAction take_read(Fields& fields) {
  return ReadCommand{.conversation_id = fields.conversation_id("conversationId"),
                     .seq = fields.integer("seq", {.min = 0})};
}

CommandAction take_typing(Fields& fields) {
  return TypingCommand{.conversation_id = fields.conversation_id("conversationId"),
                       .is_on = fields.boolean("on")};
}

CommandAction take_watch(Fields& fields) {
  WatchCommand watch;
  watch.user_ids = fields.user_ids("userIds", {.max = kWatchedUsersMax}, &watch.foreign_ids);
  return watch;
}

Fault token_fault(std::string_view token) {
  if (!token.empty() && token.size() <= kTokenBytesMax) return std::nullopt;
  return fmt::format("must have 1 to {} bytes", kTokenBytesMax);
}

CommandAction take_auth(Fields& fields) {
  return AuthCommand{.token = fields.text("token", token_fault)};
}

CommandAction take_ping(Fields&) {
  return PingCommand{};
}

struct Operation {
  std::string_view op;
  CommandAction (*take)(Fields&);
};

// The busiest first: they are looked for in this order.
constexpr std::array<Operation, 8> kOperations{{
    {"send", take_send},
    {"delivered", take_delivered},
    {"read", take_read},
    {"typing", take_typing},
    {"sync", take_sync},
    {"ping", take_ping},
    {"watch", take_watch},
    {"auth", take_auth},
}};

const Operation* find_operation(std::string_view op) {
  const auto found = std::ranges::find(kOperations, op, &Operation::op);
  return found == kOperations.end() ? nullptr : &*found;
}

CommandAction take_action(Fields& fields) {
  const auto op = fields.text("op", no_fault);
  if (!fields.is_valid()) return PingCommand{};
  const Operation* const operation = find_operation(op);
  if (operation != nullptr) return operation->take(fields);
  fields.refuse("op", "is none that this server knows");
  return PingCommand{};
}

}  // namespace

std::expected<Command, CommandError> parse_command(JsonReader& reader, std::string_view message) {
  const auto object = read_object(reader, message);
  if (!object) return std::unexpected(CommandError{.problem = object.error()});
  Fields fields(*object);
  Command command{.ref = fields.optional_text("ref", ref_fault)};
  command.action = take_action(fields);
  if (!fields.is_valid()) {
    return std::unexpected(
        CommandError{.problem = fields.problem(), .ref = std::move(command.ref)});
  }
  return command;
}

}  // namespace ringtalk::app::protocol
