// Departures: who has lately ceased to be a member of what.
#include <utility>

#include "db/conversation_sql.h"
#include "db/pg_conversation_store.h"

namespace ringtalk::db {

Answer<DeparturePage> PgConversationStore::recent_departures(DeparturesRequest request) {
  const DepartureRow& after = request.after;
  PgParameters values;
  values.time(after.left_at_ms).int8(after.conversation_id).int8(after.user_id);
  values.int8(request.limit + 1);
  const auto results =
      co_await pool_.reader().run(Segment(conversation_sql::kRecentDepartures, std::move(values)));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& rows = results->front();
  DeparturePage page{.now_ms = rows.unix_ms({0, 0})};
  for (int row = 0; row < rows.rows() && !rows.is_null({row, 1}); ++row) {
    page.departures.push_back({.left_at_ms = rows.unix_ms({row, 1}),
                               .conversation_id = rows.int8({row, 2}),
                               .user_id = rows.int8({row, 3})});
  }
  page.has_more = std::ssize(page.departures) > request.limit;
  if (page.has_more) page.departures.pop_back();
  co_return page;
}

}  // namespace ringtalk::db
