// PgConversationStore: conversations and members in PostgreSQL: reads by the pool's reader, changes
// by its writer. Owned by a shard, used on its thread; the pool outlives it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "db/conversation_store.h"
#include "db/pool.h"

namespace ringtalk::db {

class PgConversationStore final : public ConversationStore {
 public:
  explicit PgConversationStore(Pool& pool) : pool_(pool) {}

  Answer<CreateResult> create_group(NewGroup group) override;
  Answer<CreateResult> create_direct(NewDirect direct) override;
  Answer<std::optional<ConversationRow>> find(std::int64_t conversation_id,
                                              std::int64_t user_id) override;
  Answer<ConversationPage> list(ListRequest request) override;
  Answer<ChangeResult> rename(RenameRequest request) override;
  Answer<ChangeResult> add_members(AddRequest request) override;
  Answer<ChangeResult> remove_member(RemoveRequest request) override;
  Answer<bool> is_member(std::int64_t conversation_id, std::int64_t user_id) override;
  Answer<std::vector<std::int64_t>> member_ids(std::int64_t conversation_id) override;
  Answer<std::vector<MemberRow>> members(std::int64_t conversation_id) override;
  Answer<HeadPage> heads(std::int64_t user_id, std::int64_t limit) override;
  Answer<std::vector<HeadRow>> heads_of(std::vector<std::int64_t> conversation_ids,
                                        std::int64_t user_id) override;
  Answer<std::vector<HeadRow>> last_seqs(std::vector<std::int64_t> conversation_ids) override;
  Answer<std::vector<MembershipSum>> membership_sums(std::vector<std::int64_t> user_ids) override;
  Answer<DeparturePage> recent_departures(DeparturesRequest request) override;

 private:
  Pool& pool_;
};

}  // namespace ringtalk::db
