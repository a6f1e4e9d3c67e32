// Rows of conversations from the results of conversation_sql.h: helpers of ConversationStore.
// Pure; values out, any thread. They count on the order of the columns there.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "db/pg_result.h"
#include "db/rows.h"

namespace ringtalk::db {

/// From kFind and kList; without members, the last message without its status.
[[nodiscard]] ConversationRow conversation_at(const PgResult& result, int row);

/// From kMembers: by conversation; each ascending by user.
using MembersById = std::unordered_map<std::int64_t, std::vector<MemberRow>>;
[[nodiscard]] MembersById members_by_id(const PgResult& result);

/// What kMembers adds to a conversation.
void fill_members(ConversationRow& conversation, const std::vector<MemberRow>& members);

[[nodiscard]] std::vector<HeadRow> heads_from(const PgResult& result);

}  // namespace ringtalk::db
