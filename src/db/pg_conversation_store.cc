// Making, finding and listing conversations; changes and marks have files of their own.
#include "db/pg_conversation_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "db/conversation_rows.h"
#include "db/conversation_sql.h"

namespace ringtalk::db {
namespace {

constexpr const char* kUniqueViolation = "23505";

std::vector<std::int64_t> all_ids(const PgResult& result) {
  std::vector<std::int64_t> ids;
  ids.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) ids.push_back(result.int8({row, 0}));
  return ids;
}

void sort_unique(std::vector<std::int64_t>& ids) {
  std::ranges::sort(ids);
  const auto rest = std::ranges::unique(ids);
  ids.erase(rest.begin(), rest.end());
}

Segment create_direct_segment(const NewDirect& direct) {
  const auto [low, high] = std::minmax(direct.creator_id, direct.other_id);
  const std::array<std::int64_t, 2> pair = {low, high};
  Segment segment;
  segment.add(conversation_sql::kUnknownUsers, PgParameters().int8_array(pair));
  segment.add(conversation_sql::kClaimPair, PgParameters().int8(direct.id).int8(low).int8(high));
  segment.add(conversation_sql::kCreateDirect, PgParameters()
                                                   .int8(direct.id)
                                                   .int8(low)
                                                   .int8(high)
                                                   .int8(direct.creator_id)
                                                   .time(direct.created_at_ms));
  segment.add(conversation_sql::kFindDirect, PgParameters().int8(low).int8(high));
  return segment;
}

}  // namespace

Answer<CreateResult> PgConversationStore::create_group(NewGroup group) {
  using enum CreateResult::Outcome;
  std::vector<std::int64_t> members = std::move(group.member_ids);
  members.push_back(group.creator_id);
  sort_unique(members);
  if (std::ssize(members) > kMembersMax) co_return CreateResult{.outcome = kTooManyMembers};

  Segment segment;
  segment.add(conversation_sql::kUnknownUsers, PgParameters().int8_array(members));
  segment.add(conversation_sql::kCreateGroup, PgParameters()
                                                  .int8(group.id)
                                                  .text(group.name)
                                                  .int8(group.creator_id)
                                                  .time(group.created_at_ms)
                                                  .int8_array(members));
  const auto results = co_await pool_.writer().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  if (!results->front().empty()) {
    co_return CreateResult{.outcome = kUnknownMembers, .unknown_ids = all_ids(results->front())};
  }
  if (results->back().affected_rows() == 0) co_return CreateResult{.outcome = kIdTaken};
  auto conversation = co_await find(group.id, group.creator_id);
  if (!conversation) co_return std::unexpected(conversation.error());
  co_return CreateResult{.outcome = kCreated, .conversation = std::move(*conversation)};
}

Answer<CreateResult> PgConversationStore::create_direct(NewDirect direct) {
  using enum CreateResult::Outcome;
  if (direct.creator_id == direct.other_id) {
    co_return reactor::fail(reactor::ErrorKind::kInvalid, "a direct conversation is of two users");
  }
  const auto results = co_await pool_.writer().run(create_direct_segment(direct));
  if (!results && results.error().code == kUniqueViolation) {
    co_return CreateResult{.outcome = kIdTaken};
  }
  if (!results) co_return std::unexpected(results.error());
  if (!results->front().empty()) {
    co_return CreateResult{.outcome = kUnknownMembers, .unknown_ids = all_ids(results->front())};
  }
  const std::int64_t id = results->back().int8({0, 0});
  auto conversation = co_await find(id, direct.creator_id);
  if (!conversation) co_return std::unexpected(conversation.error());
  co_return CreateResult{.outcome = id == direct.id ? kCreated : kExisted,
                         .conversation = std::move(*conversation)};
}

Answer<std::optional<ConversationRow>> PgConversationStore::find(std::int64_t conversation_id,
                                                                 std::int64_t user_id) {
  const std::array<std::int64_t, 1> ids = {conversation_id};
  Segment segment;
  segment.add(conversation_sql::kFind, PgParameters().int8(conversation_id).int8(user_id));
  segment.add(conversation_sql::kMembers, PgParameters().int8_array(ids));
  const auto results = co_await pool_.reader().run(std::move(segment));
  if (!results) co_return std::unexpected(results.error());
  if (results->front().empty()) co_return std::nullopt;
  ConversationRow conversation = conversation_at(results->front(), 0);
  fill_members(conversation, members_by_id(results->back())[conversation_id]);
  co_return conversation;
}

Answer<ConversationPage> PgConversationStore::list(ListRequest request) {
  const std::optional<ListRequest::Cursor>& after = request.after;
  PgParameters values;
  values.int8(request.user_id).int8(request.limit + 1);
  values.optional_time(after ? std::optional(after->activity_ms) : std::nullopt);
  values.optional_int8(after ? std::optional(after->id) : std::nullopt);
  const auto listed =
      co_await pool_.reader().run(Segment(conversation_sql::kList, std::move(values)));
  if (!listed) co_return std::unexpected(listed.error());

  const PgResult& rows = listed->front();
  ConversationPage page{.has_more = rows.rows() > request.limit};
  const int count = page.has_more ? static_cast<int>(request.limit) : rows.rows();
  std::vector<std::int64_t> ids;
  for (int row = 0; row < count; ++row) {
    page.conversations.push_back(conversation_at(rows, row));
    ids.push_back(page.conversations.back().id);
  }
  if (ids.empty()) co_return page;

  const auto members = co_await pool_.reader().run(
      Segment(conversation_sql::kMembers, PgParameters().int8_array(ids)));
  if (!members) co_return std::unexpected(members.error());
  MembersById by_id = members_by_id(members->front());
  for (ConversationRow& conversation : page.conversations) {
    fill_members(conversation, by_id[conversation.id]);
  }
  co_return page;
}

Answer<bool> PgConversationStore::is_member(std::int64_t conversation_id, std::int64_t user_id) {
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kIsMember, PgParameters().int8(conversation_id).int8(user_id)));
  if (!results) co_return std::unexpected(results.error());
  co_return results->front().boolean({0, 0});
}

Answer<std::vector<MemberRow>> PgConversationStore::members(std::int64_t conversation_id) {
  const std::array<std::int64_t, 1> ids = {conversation_id};
  const auto results = co_await pool_.reader().run(
      Segment(conversation_sql::kMembers, PgParameters().int8_array(ids)));
  if (!results) co_return std::unexpected(results.error());
  co_return std::move(members_by_id(results->front())[conversation_id]);
}

Answer<std::vector<std::int64_t>> PgConversationStore::member_ids(std::int64_t conversation_id) {
  const auto members = co_await this->members(conversation_id);
  if (!members) co_return std::unexpected(members.error());
  std::vector<std::int64_t> ids;
  ids.reserve(members->size());
  for (const MemberRow& member : *members) ids.push_back(member.user_id);
  co_return ids;
}

}  // namespace ringtalk::db
