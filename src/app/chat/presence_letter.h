// PresenceLetter: what an instance tells the others of a user's connections to it, on the presence
// channel of the user. Codec: pure. It begins as a BusLetter does, so that sender_of() reads both:
//
//   u8 format (1) · u64 instance that sent it · i64 user · u8 1 online, 0 offline ·
//   i64 Unix milliseconds when the last connection ended; 0 while online, or not known
//
// Integers are little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/chat/bus_letter.h"
#include "app/protocol/ids.h"

namespace ringtalk::app::chat {

struct PresenceLetter {
  InstanceId from = 0;
  protocol::UserId user;
  bool is_online = false;  // there: the user may still be so elsewhere
  std::int64_t last_seen_ms = 0;

  friend bool operator==(const PresenceLetter&, const PresenceLetter&) = default;
};

[[nodiscard]] std::string write_presence_letter(const PresenceLetter& letter);
[[nodiscard]] std::optional<PresenceLetter> parse_presence_letter(std::string_view bytes);

}  // namespace ringtalk::app::chat
