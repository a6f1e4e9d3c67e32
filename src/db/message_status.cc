#include "db/message_status.h"

#include <algorithm>

namespace ringtalk::db {

MessageStatus status_of(SentMessage message, const std::vector<MemberRow>& members) {
  bool has_other = false;
  bool is_read = true;
  for (const MemberRow& member : members) {
    if (member.user_id == message.sender_id || member.joined_seq >= message.seq) continue;
    has_other = true;
    if (std::max(member.delivered_seq, member.read_seq) < message.seq) return MessageStatus::kSent;
    is_read = is_read && member.read_seq >= message.seq;
  }
  if (!has_other) return MessageStatus::kSent;
  return is_read ? MessageStatus::kRead : MessageStatus::kDelivered;
}

void set_statuses(std::vector<EventRow>& events, const std::vector<MemberRow>& members) {
  for (EventRow& event : events) {
    if (event.kind != EventKind::kMessage) continue;
    event.status = status_of({.seq = event.seq, .sender_id = event.sender_id}, members);
  }
}

}  // namespace ringtalk::db
