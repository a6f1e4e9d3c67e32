// The commands of a WebSocket client, from one text message to a checked value.
// Pure function over the caller's JsonReader, on its thread; the results own what they hold.
// Contract: one JSON object a message, `op` names the command, `ref` (any string of up to 64 code
// points) comes back in the answer.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/protocol/ids.h"
#include "app/protocol/json_reader.h"
#include "app/protocol/problem.h"

namespace ringtalk::app::protocol {

struct SendCommand {
  ConversationId conversation_id;
  std::string content;  // 1..4096 code points
  std::optional<Uuid> client_id;
};

struct SyncCommand {
  ConversationId conversation_id;
  Seq after_seq = 0;
  std::int64_t limit = 0;  // 1..200
};

// All up to `seq` was received; it may lie past the head, and is clamped there.
struct DeliveredCommand {
  ConversationId conversation_id;
  Seq seq = 0;
};

// All up to `seq` was read.
struct ReadCommand {
  ConversationId conversation_id;
  Seq seq = 0;
};

struct TypingCommand {
  ConversationId conversation_id;
  bool is_on = false;
};

// Replaces the list of those whose presence the connection is told.
struct WatchCommand {
  std::vector<UserId> user_ids;          // up to 200, without doubles
  std::vector<std::string> foreign_ids;  // of the same list: no server of ours made them
};

struct AuthCommand {
  std::string token;  // up to 4096 bytes
};

struct PingCommand {};

using CommandAction = std::variant<SendCommand, SyncCommand, DeliveredCommand, ReadCommand,
                                   TypingCommand, WatchCommand, AuthCommand, PingCommand>;

struct Command {
  std::optional<std::string> ref;
  CommandAction action;
};

struct CommandError {
  Problem problem;                 // too_large, malformed_json or validation_failed
  std::optional<std::string> ref;  // when it could be read
};

std::expected<Command, CommandError> parse_command(JsonReader& reader, std::string_view message);

}  // namespace ringtalk::app::protocol
