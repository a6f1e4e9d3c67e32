// Heads: how far a log reaches, and where a member stands in it.
#include "db/conversation_rows.h"
#include "db/conversation_sql.h"
#include "db/conversation_store.h"

namespace ringtalk::db {
Answer<HeadPage> ConversationStore::heads(std::int64_t user_id, std::int64_t limit) {
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kHeads, PgParameters().int8(user_id).int8(limit + 1)));
  if (!results) co_return std::unexpected(results.error());
  HeadPage page{.heads = heads_from(results->front())};
  page.has_more = std::ssize(page.heads) > limit;
  if (page.has_more) page.heads.pop_back();
  co_return page;
}

Answer<std::vector<HeadRow>> ConversationStore::heads_of(std::vector<std::int64_t> conversation_ids,
                                                         std::int64_t user_id) {
  const auto results = co_await pool_.reader().run(Segment(
      conversation_sql::kHeadsOf, PgParameters().int8_array(conversation_ids).int8(user_id)));
  if (!results) co_return std::unexpected(results.error());
  co_return heads_from(results->front());
}

Answer<std::vector<HeadRow>> ConversationStore::last_seqs(
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

}  // namespace ringtalk::db
