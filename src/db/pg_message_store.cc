// Pages of a log. The group commit has a file of its own.
#include "db/pg_message_store.h"

#include <algorithm>
#include <utility>

#include "db/message_sql.h"
#include "db/message_status.h"

namespace ringtalk::db {
namespace {

// What lies between two messages is rarely more than a few events; where it is, chunks grow.
constexpr std::int64_t kChunkMargin = 16;
constexpr std::int64_t kChunkMax = 1'000;

/// What kEvents and kEventsBefore give.
struct Chunk {
  bool exists = false;
  std::int64_t last_seq = 0;
  std::int64_t last_number = 0;
  std::vector<EventRow> events;  // with statuses
};

EventRow event_at(const PgResult& rows, int row) {
  return {.seq = rows.int8({row, 2}),
          .number = rows.int8({row, 3}),
          .kind = static_cast<EventKind>(rows.int2({row, 4})),
          .sender_id = rows.int8({row, 5}),
          .created_at_ms = rows.unix_ms({row, 6}),
          .client_id = rows.optional_uuid({row, 7}),
          .body = std::string(rows.text({row, 8}))};
}

std::vector<MemberRow> members_from(const PgResult& rows) {
  std::vector<MemberRow> members;
  members.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    members.push_back({.user_id = rows.int8({row, 0}),
                       .joined_seq = rows.int8({row, 1}),
                       .delivered_seq = rows.int8({row, 2}),
                       .read_seq = rows.int8({row, 3})});
  }
  return members;
}

struct Range {
  std::int64_t conversation_id = 0;
  std::optional<std::int64_t> bound;  // after, or before; null before: from the last message
  std::int64_t size = 0;
};

Answer<Chunk> read_chunk(Pool& pool, Statement statement, Range range) {
  Segment segment;
  segment.add(
      statement,
      PgParameters().int8(range.conversation_id).optional_int8(range.bound).int8(range.size));
  segment.add(message_sql::kMarks, PgParameters().int8(range.conversation_id));
  const auto results = co_await pool.reader().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());

  const PgResult& rows = results->front();
  Chunk chunk{.exists = !rows.empty()};
  if (!chunk.exists) co_return chunk;
  chunk.last_seq = rows.int8({0, 0});
  chunk.last_number = rows.int8({0, 1});
  for (int row = 0; row < rows.rows(); ++row) {
    if (rows.is_null({row, 2})) continue;
    chunk.events.push_back(event_at(rows, row));
    chunk.events.back().conversation_id = range.conversation_id;
  }
  set_statuses(chunk.events, members_from(results->back()));
  co_return chunk;
}

void take_messages(std::vector<MessageRow>& messages, Chunk chunk, std::int64_t limit) {
  for (EventRow& event : chunk.events) {
    if (std::ssize(messages) == limit) return;
    if (event.kind == EventKind::kMessage) messages.push_back(std::move(event));
  }
}

}  // namespace

Answer<EventPage> PgMessageStore::events(EventsRequest request) {
  auto chunk = co_await read_chunk(pool_, message_sql::kEvents,
                                   {.conversation_id = request.conversation_id,
                                    .bound = request.after_seq,
                                    .size = request.limit});
  if (!chunk) co_return std::unexpected(chunk.error());
  co_return EventPage{.events = std::move(chunk->events), .last_seq = chunk->last_seq};
}

Answer<LogHead> PgMessageStore::head(std::int64_t conversation_id) {
  Segment segment;
  segment.add(message_sql::kHead, PgParameters().int8(conversation_id));
  segment.add(message_sql::kMarks, PgParameters().int8(conversation_id));
  const auto results = co_await pool_.reader().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  const PgResult& rows = results->front();
  if (rows.empty()) co_return LogHead();
  co_return LogHead{.exists = true,
                    .last_seq = rows.int8({0, 0}),
                    .last_number = rows.int8({0, 1}),
                    .members = members_from(results->back())};
}

// Messages are numbered without a gap, so the number of the last one tells whether there are more.
Answer<MessagePage> PgMessageStore::history(HistoryRequest request) {
  const bool forward = request.after_seq.has_value();
  const Statement statement = forward ? message_sql::kEvents : message_sql::kEventsBefore;
  Range range{.conversation_id = request.conversation_id,
              .bound = forward ? request.after_seq : request.before_seq,
              .size = request.limit + kChunkMargin};
  MessagePage page;
  while (true) {
    auto chunk = co_await read_chunk(pool_, statement, range);
    if (!chunk) co_return std::unexpected(chunk.error());
    const bool is_last = std::ssize(chunk->events) < range.size;
    if (!chunk->events.empty()) range.bound = chunk->events.back().seq;
    const std::int64_t last_number = chunk->last_number;
    take_messages(page.messages, std::move(*chunk), request.limit);
    if (is_last || std::ssize(page.messages) == request.limit) {
      if (page.messages.empty()) co_return page;
      const std::int64_t number = page.messages.back().number;
      page.has_more = forward ? number < last_number : number > 1;
      co_return page;
    }
    range.size = std::min(range.size * 2, kChunkMax);
  }
}

Answer<std::optional<MessageRow>> PgMessageStore::find_message(std::int64_t conversation_id,
                                                               std::int64_t seq) {
  auto chunk =
      co_await read_chunk(pool_, message_sql::kEvents,
                          {.conversation_id = conversation_id, .bound = seq - 1, .size = 1});
  if (!chunk) co_return std::unexpected(chunk.error());
  if (chunk->events.empty() || chunk->events.front().kind != EventKind::kMessage) {
    co_return std::nullopt;
  }
  co_return std::move(chunk->events.front());
}

Answer<std::int64_t> PgMessageStore::first_seq_since(std::int64_t conversation_id,
                                                     std::int64_t time_ms) {
  const auto results = co_await pool_.reader().run(
      Segment(message_sql::kFirstSeqSince, PgParameters().int8(conversation_id).time(time_ms)));
  if (!results) co_return std::unexpected(results.error());
  co_return results->front().empty() ? 1 : results->front().int8({0, 0});
}

}  // namespace ringtalk::db
