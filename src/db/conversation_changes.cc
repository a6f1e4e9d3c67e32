// Changes of a conversation: each is one event of its log, appended under the row lock.
#include <algorithm>
#include <string_view>
#include <utility>

#include "db/change_sql.h"
#include "db/pg_conversation_store.h"

namespace ringtalk::db {
namespace {

// A removal adds one row: with more than one pruned in its time, those of a busy day go, too.
constexpr std::int64_t kDeparturesPrunedMax = 10;

struct ChangePlace {
  std::int64_t conversation_id = 0;
  std::int64_t by_user_id = 0;
};

ChangeResult::Outcome outcome_of(std::string_view word) {
  using enum ChangeResult::Outcome;
  if (word == "done") return kDone;
  if (word == "nothing_to_do") return kNothingToDo;
  if (word == "is_direct") return kIsDirect;
  if (word == "forbidden") return kForbidden;
  if (word == "unknown_members") return kUnknownMembers;
  if (word == "too_many_members") return kTooManyMembers;
  return kNotFound;
}

EventRow event_at(const PgResult& result, ChangePlace place) {
  return {.conversation_id = place.conversation_id,
          .seq = result.int8({0, 1}),
          .number = result.int8({0, 2}),
          .kind = static_cast<EventKind>(result.int2({0, 3})),
          .sender_id = place.by_user_id,
          .created_at_ms = result.unix_ms({0, 4}),
          .body = std::string(result.text({0, 5}))};
}

ChangeResult change_from(const PgResult& result, ChangePlace place) {
  ChangeResult change;
  if (result.empty()) return change;
  change.outcome = outcome_of(result.text({0, 0}));
  std::vector<std::int64_t> concerned;
  if (!result.is_null({0, 6})) concerned = result.int8_array({0, 6});
  if (change.outcome == ChangeResult::Outcome::kUnknownMembers) {
    change.unknown_ids = std::move(concerned);
  }
  if (change.outcome == ChangeResult::Outcome::kDone) {
    change.user_ids = std::move(concerned);
    change.event = event_at(result, place);
  }
  return change;
}

Segment locking(ChangePlace place) {
  return Segment(change_sql::kLock, PgParameters().int8(place.conversation_id));
}

/// `segment`: the lock, the change, then what goes along with it.
Answer<ChangeResult> run_change(Pool& pool, ChangePlace place, Segment segment) {
  const auto results = co_await pool.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  co_return change_from((*results)[1], place);
}

}  // namespace

Answer<ChangeResult> PgConversationStore::rename(RenameRequest request) {
  const ChangePlace place{.conversation_id = request.conversation_id,
                          .by_user_id = request.by_user_id};
  PgParameters values;
  values.int8(request.conversation_id).int8(request.by_user_id).text(request.name);
  co_return co_await run_change(
      pool_, place, std::move(locking(place).add(change_sql::kRename, std::move(values))));
}

Answer<ChangeResult> PgConversationStore::add_members(AddRequest request) {
  const ChangePlace place{.conversation_id = request.conversation_id,
                          .by_user_id = request.by_user_id};
  std::ranges::sort(request.user_ids);
  const auto rest = std::ranges::unique(request.user_ids);
  request.user_ids.erase(rest.begin(), rest.end());
  PgParameters values;
  values.int8(request.conversation_id).int8(request.by_user_id);
  values.int8_array(request.user_ids).int8(kMembersMax);
  co_return co_await run_change(pool_, place,
                                std::move(locking(place).add(change_sql::kAdd, std::move(values))));
}

Answer<ChangeResult> PgConversationStore::remove_member(RemoveRequest request) {
  const ChangePlace place{.conversation_id = request.conversation_id,
                          .by_user_id = request.by_user_id};
  PgParameters values;
  values.int8(request.conversation_id).int8(request.by_user_id).int8(request.user_id);
  Segment segment = locking(place);
  segment.add(change_sql::kRemove, std::move(values));
  segment.add(change_sql::kPruneDepartures, PgParameters().int8(kDeparturesPrunedMax));
  co_return co_await run_change(pool_, place, std::move(segment));
}

}  // namespace ringtalk::db
