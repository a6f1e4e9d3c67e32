#include "db/pg_mark_store.h"

#include <algorithm>
#include <utility>

#include "db/mark_sql.h"

namespace ringtalk::db {
namespace {

/// The requests as columns. The runs of a request stand from `runs_begin` to `runs_end`, counted
/// from 1 as SQL counts, the end included.
struct Columns {
  std::vector<std::int64_t> conversations;
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> delivered;
  std::vector<std::int64_t> read;
  std::vector<std::int32_t> runs_begin;
  std::vector<std::int32_t> runs_end;
  std::vector<std::int64_t> run_firsts;
  std::vector<std::int64_t> run_lasts;
};

void append(Columns& columns, const MarkRequest& request) {
  const std::int64_t read = request.read_seq.value_or(0);
  std::int64_t top = read;
  columns.runs_begin.push_back(static_cast<std::int32_t>(columns.run_firsts.size()) + 1);
  for (const OwnRun& run : request.own_runs) {
    columns.run_firsts.push_back(run.first);
    columns.run_lasts.push_back(run.last);
    top = std::max(top, run.last);
  }
  columns.runs_end.push_back(static_cast<std::int32_t>(columns.run_firsts.size()));
  columns.conversations.push_back(request.conversation_id);
  columns.users.push_back(request.user_id);
  columns.delivered.push_back(std::max(request.delivered_seq.value_or(0), read));
  columns.read.push_back(top);
}

Segment raise_segment(const std::vector<MarkRequest>& requests) {
  Columns columns;
  for (const MarkRequest& request : requests) append(columns, request);
  PgParameters places;
  places.int8_array(columns.conversations).int8_array(columns.users);
  PgParameters marks = places;
  marks.int8_array(columns.delivered).int8_array(columns.read);
  marks.int4_array(columns.runs_begin).int4_array(columns.runs_end);
  marks.int8_array(columns.run_firsts).int8_array(columns.run_lasts);
  Segment segment;
  segment.add(mark_sql::kWithoutWaiting);
  segment.add(mark_sql::kLock, std::move(places));
  segment.add(mark_sql::kRaise, std::move(marks));
  return segment;
}

}  // namespace

Answer<std::vector<std::optional<Marks>>> PgMarkStore::raise_many_marks(
    std::vector<MarkRequest> requests) {
  const auto results = co_await pool_.writer().run(raise_segment(requests));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& rows = results->back();
  std::vector<std::optional<Marks>> marks(requests.size());
  for (int row = 0; row < rows.rows(); ++row) {
    marks[static_cast<std::size_t>(rows.int4({row, 0}) - 1)] =
        Marks{.delivered_seq = rows.int8({row, 1}),
              .read_seq = rows.int8({row, 2}),
              .is_changed = rows.boolean({row, 3})};
  }
  co_return marks;
}

}  // namespace ringtalk::db
