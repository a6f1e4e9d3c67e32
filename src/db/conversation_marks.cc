// Marks and heads: where each member stands in a log.
#include <utility>

#include "db/conversation_rows.h"
#include "db/conversation_sql.h"
#include "db/conversation_store.h"
#include "db/mark_sql.h"

namespace ringtalk::db {
namespace {

Segment raise_segment(const std::vector<MarkRequest>& requests) {
  std::vector<std::int64_t> conversations;
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> delivered;
  std::vector<std::int64_t> read;
  for (const MarkRequest& request : requests) {
    conversations.push_back(request.conversation_id);
    users.push_back(request.user_id);
    delivered.push_back(request.delivered_seq.value_or(0));
    read.push_back(request.read_seq.value_or(0));
  }
  PgParameters places;
  places.int8_array(conversations).int8_array(users);
  PgParameters marks = places;
  marks.int8_array(delivered).int8_array(read);
  Segment segment;
  segment.add(mark_sql::kWithoutWaiting);
  segment.add(mark_sql::kRaise, std::move(marks));
  segment.add(mark_sql::kMarksOf, std::move(places));
  return segment;
}

}  // namespace

Answer<std::vector<std::optional<Marks>>> ConversationStore::raise_many_marks(
    std::vector<MarkRequest> requests) {
  const auto results = co_await pool_.writer().run(raise_segment(requests));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& rows = results->back();
  std::vector<std::optional<Marks>> marks(requests.size());
  for (int row = 0; row < rows.rows(); ++row) {
    if (rows.is_null({row, 0})) continue;
    marks[static_cast<std::size_t>(row)] =
        Marks{.delivered_seq = rows.int8({row, 0}), .read_seq = rows.int8({row, 1})};
  }
  co_return marks;
}

Answer<std::optional<Marks>> ConversationStore::raise_marks(MarkRequest request) {
  std::vector<MarkRequest> requests;
  requests.push_back(request);
  const auto marks = co_await raise_many_marks(std::move(requests));
  if (!marks) co_return std::unexpected(marks.error());
  co_return marks->front();
}

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
