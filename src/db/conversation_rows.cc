#include "db/conversation_rows.h"

#include "db/message_status.h"

namespace ringtalk::db {
namespace {

std::optional<MessageRow> last_message_at(const PgResult& result, int row) {
  if (result.is_null({row, 11})) return std::nullopt;
  return MessageRow{.conversation_id = result.int8({row, 0}),
                    .seq = result.int8({row, 11}),
                    .number = result.int8({row, 12}),
                    .sender_id = result.int8({row, 13}),
                    .created_at_ms = result.unix_ms({row, 14}),
                    .client_id = result.optional_uuid({row, 15}),
                    .body = std::string(result.text({row, 16}))};
}

}  // namespace

ConversationRow conversation_at(const PgResult& result, int row) {
  return {.id = result.int8({row, 0}),
          .is_group = result.boolean({row, 1}),
          .name = result.optional_text({row, 2}),
          .creator_id = result.int8({row, 3}),
          .created_at_ms = result.unix_ms({row, 4}),
          .last_seq = result.int8({row, 5}),
          .unread_count = result.int8({row, 6}),
          .delivered_seq = result.int8({row, 7}),
          .read_seq = result.int8({row, 8}),
          .joined_seq = result.int8({row, 9}),
          .activity_ms = result.unix_ms({row, 10}),
          .last_message = last_message_at(result, row)};
}

MembersById members_by_id(const PgResult& result) {
  MembersById members;
  for (int row = 0; row < result.rows(); ++row) {
    members[result.int8({row, 0})].push_back({.user_id = result.int8({row, 1}),
                                              .joined_seq = result.int8({row, 2}),
                                              .delivered_seq = result.int8({row, 3}),
                                              .read_seq = result.int8({row, 4})});
  }
  return members;
}

void fill_members(ConversationRow& conversation, const std::vector<MemberRow>& members) {
  conversation.member_ids.reserve(members.size());
  for (const MemberRow& member : members) conversation.member_ids.push_back(member.user_id);
  if (!conversation.last_message) return;
  MessageRow& message = *conversation.last_message;
  message.status = status_of({.seq = message.seq, .sender_id = message.sender_id}, members);
}

std::vector<HeadRow> heads_from(const PgResult& result) {
  std::vector<HeadRow> heads;
  heads.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) {
    heads.push_back({.conversation_id = result.int8({row, 0}),
                     .last_seq = result.int8({row, 1}),
                     .delivered_seq = result.int8({row, 2}),
                     .read_seq = result.int8({row, 3})});
  }
  return heads;
}

}  // namespace ringtalk::db
