// What a client says, as JSON text at the end of a buffer. Contents are payloads of ours or other
// ASCII that needs no escaping. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringtalk::loadgen {

struct Sending {
  std::string_view conversation_id;
  std::uint32_t ref = 0;
  std::string_view client_id;
  std::string_view content;
};
void append_send(std::string& out, const Sending& sending);

void append_sync(std::string& out, std::string_view conversation_id, std::int64_t after_seq);

/// `op`: "delivered" or "read".
void append_mark(std::string& out, std::string_view op, std::string_view conversation_id,
                 std::int64_t seq);

void append_typing(std::string& out, std::string_view conversation_id, bool is_on);
void append_auth(std::string& out, std::string_view token);

/// A UUID (RFC 9562, version 8: its bits are ours) that names one message of one run.
[[nodiscard]] std::string client_id_of(std::uint32_t run, std::uint32_t sender,
                                       std::uint32_t conversation, std::uint64_t number);

/// How many events one `sync` asks for, and how many a server sends by itself after `ready`.
inline constexpr std::int64_t kSyncEvents = 200;

}  // namespace ringtalk::loadgen
