// Heads: how far a log reaches, and where a member stands in it.
#include "db/conversation_rows.h"
#include "db/conversation_sql.h"
#include "db/pg_conversation_store.h"

namespace ringtalk::db {

Answer<HeadPage> PgConversationStore::heads(std::int64_t user_id, std::int64_t limit) {
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kHeads, PgParameters().int8(user_id).int8(limit + 1)));
  if (!results) co_return std::unexpected(results.error());
  HeadPage page{.heads = heads_from(results->front())};
  page.has_more = std::ssize(page.heads) > limit;
  if (page.has_more) page.heads.pop_back();
  co_return page;
}

Answer<std::vector<HeadRow>> PgConversationStore::heads_of(
    std::vector<std::int64_t> conversation_ids, std::int64_t user_id) {
  const auto results = co_await pool_.reader().run(Segment(
      conversation_sql::kHeadsOf, PgParameters().int8_array(conversation_ids).int8(user_id)));
  if (!results) co_return std::unexpected(results.error());
  co_return heads_from(results->front());
}

Answer<std::vector<HeadRow>> PgConversationStore::last_seqs(
    std::vector<std::int64_t> conversation_ids) {
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kLastSeqs, PgParameters().int8_array(conversation_ids)));
  if (!results) co_return std::unexpected(results.error());
  std::vector<HeadRow> heads;
  const PgResult& rows = results->front();
  for (int row = 0; row < rows.rows(); ++row) {
    heads.push_back({.conversation_id = rows.int8({row, 0}), .last_seq = rows.int8({row, 1})});
  }
  co_return heads;
}

Answer<std::vector<MembershipSum>> PgConversationStore::membership_sums(
    std::vector<std::int64_t> user_ids) {
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kMembershipSums, PgParameters().int8_array(user_ids)));
  if (!results) co_return std::unexpected(results.error());
  std::vector<MembershipSum> sums;
  const PgResult& rows = results->front();
  for (int row = 0; row < rows.rows(); ++row) {
    sums.push_back({.user_id = rows.int8({row, 0}),
                    .count = rows.int8({row, 1}),
                    .ids_xor = rows.int8({row, 2})});
  }
  co_return sums;
}

}  // namespace ringtalk::db
