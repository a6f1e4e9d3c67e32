// SimConversationStore: conversations of the simulated database, behind the interface of the real
// store: reads and changes go their own ways, as over the real connections. Owned by a shard; one
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "database_link.h"
#include "db/conversation_store.h"

namespace ringtalk::sim {

class SimConversationStore final : public db::ConversationStore {
 public:
  explicit SimConversationStore(DatabaseLink& link) : link_(link) {}

  db::Answer<db::CreateResult> create_group(db::NewGroup group) override;
  db::Answer<db::CreateResult> create_direct(db::NewDirect direct) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::optional<db::ConversationRow>> find(
      std::int64_t conversation_id, std::int64_t user_id) override;
  db::Answer<db::ConversationPage> list(db::ListRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::ChangeResult> rename(
      db::RenameRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::ChangeResult> add_members(
      db::AddRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::ChangeResult> remove_member(
      db::RemoveRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<bool> is_member(std::int64_t conversation_id,
                                                        std::int64_t user_id) override;
  db::Answer<std::vector<std::int64_t>> member_ids(std::int64_t conversation_id) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::MemberRow>> members(
      std::int64_t conversation_id) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::HeadPage> heads(std::int64_t user_id,
                                                            std::int64_t limit) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::HeadRow>> heads_of(
      std::vector<std::int64_t> conversation_ids, std::int64_t user_id) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::HeadRow>> last_seqs(
      std::vector<std::int64_t> conversation_ids) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::MembershipSum>> membership_sums(
      std::vector<std::int64_t> user_ids) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::DeparturePage> recent_departures(
      db::DeparturesRequest request) override;

 private:
  [[nodiscard]] db::Answer<db::CreateResult> seen_by_creator(
      reactor::Result<db::CreateResult> created, std::int64_t creator);

  DatabaseLink& link_;
};

}  // namespace ringtalk::sim
