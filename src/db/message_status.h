// The status of a message, from the marks of a conversation's present members (the contract's
// section "Marks"). Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "db/rows.h"

namespace ringtalk::db {

struct SentMessage {
  std::int64_t seq = 0;
  std::int64_t sender_id = 0;
};

/// Of the other members who joined before the message: `delivered` when it has reached each (the
/// larger of both marks), `read` when each has read it; without any, `sent`.
[[nodiscard]] MessageStatus status_of(SentMessage message, const std::vector<MemberRow>& members);

/// Sets the status of those of `events` that are messages.
void set_statuses(std::vector<EventRow>& events, const std::vector<MemberRow>& members);

}  // namespace ringtalk::db
