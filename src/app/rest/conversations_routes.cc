#include "app/rest/conversations_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "app/chat/view_rows.h"
#include "app/protocol/query_values.h"
#include "app/protocol/view_writer.h"
#include "app/rest/failures.h"
#include "app/rest/fresh_id.h"
#include "app/rest/membership.h"
#include "app/rest/query.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

namespace {

using protocol::ConversationId;
using protocol::ErrorCode;
using protocol::Problem;
using protocol::UserId;
using reactor::Result;
using reactor::Task;

// So many are named; the answer should not outgrow the question.
constexpr std::size_t kUnknownNamedMax = 10;

std::vector<std::int64_t> values_of(const std::vector<UserId>& ids) {
  std::vector<std::int64_t> values(ids.size());
  std::ranges::transform(ids, values.begin(), &UserId::value);
  return values;
}

std::vector<UserId> ids_of(const std::vector<std::int64_t>& values) {
  std::vector<UserId> ids(values.size());
  std::ranges::transform(values, ids.begin(), [](std::int64_t value) { return UserId{value}; });
  return ids;
}

// Id 0 stands for text that was shaped like an id but can be none of ours.
std::unexpected<Problem> unknown_members(const std::vector<std::int64_t>& ids) {
  const auto named = std::span(ids).first(std::min(ids.size(), kUnknownNamedMax));
  return invalid("memberIds",
                 fmt::format("name users who do not exist: {}{}", fmt::join(named, ", "),
                             named.size() < ids.size() ? ", …" : ""));
}

std::unexpected<Problem> too_many_members() {
  return invalid("memberIds", fmt::format("would make more than {} members", db::kMembersMax));
}

http::Response conversation_response(const db::ConversationRow& row) {
  std::string json;
  protocol::append_conversation(json, chat::conversation_view(row));
  return json_response(200, std::move(json));
}

}  // namespace

void ConversationsRoutes::add_to(Routes& routes) {
  using http::Method;
  using Self = ConversationsRoutes;
  routes.add(Method::kPost, "/v1/conversations", Handler::of<&Self::create>(*this), kJsonRules);
  routes.add(Method::kGet, "/v1/conversations", Handler::of<&Self::list>(*this), {});
  routes.add(Method::kGet, "/v1/conversations/{id}", Handler::of<&Self::get>(*this), {});
  routes.add(Method::kPatch, "/v1/conversations/{id}", Handler::of<&Self::rename>(*this),
             kJsonRules);
  routes.add(Method::kPost, "/v1/conversations/{id}/members",
             Handler::of<&Self::add_members>(*this), kJsonRules);
  routes.add(Method::kDelete, "/v1/conversations/{id}/members/{userId}",
             Handler::of<&Self::remove_member>(*this), {});
}

// --- create ---

Task<Answer> ConversationsRoutes::create(Call& call) {
  auto body =
      protocol::parse_create_conversation(services_.json_reader, call.request.body, call.user());
  if (!body) co_return std::unexpected(std::move(body.error()));
  // A pair may have one, with marks of its own.
  co_await services_.receipts.settle(call.user());
  auto created = co_await store_new(std::move(*body), call.user());
  if (!created) co_return failure(services_.log, call, created.error());

  using Outcome = db::CreateResult::Outcome;
  switch (created->outcome) {
    case Outcome::kCreated:
      break;
    case Outcome::kExisted:
      co_return conversation_response(*created->conversation);
    case Outcome::kUnknownMembers:
      co_return unknown_members(created->unknown_ids);
    case Outcome::kTooManyMembers:
      co_return too_many_members();
    case Outcome::kIdTaken:
      co_return internal_failure(services_.log, call, "no free id for a conversation");
  }
  const db::ConversationRow& row = *created->conversation;
  services_.fan_out.publish_opened({row.id}, ids_of(row.member_ids));
  std::string json;
  protocol::append_conversation(json, chat::conversation_view(row));
  co_return created_response(fmt::format("/v1/conversations/{}", row.id), std::move(json));
}

Task<Result<db::CreateResult>> ConversationsRoutes::store_new(protocol::CreateConversationBody body,
                                                              UserId creator) {
  const std::int64_t now_ms = services_.reactor.unix_milliseconds();
  Result<db::CreateResult> result;
  for (int attempt = 0; attempt < kIdAttemptsMax; ++attempt) {
    if (body.is_group) {
      result = co_await services_.conversations.create_group(
          {.id = fresh_id(now_ms),
           .name = *body.name,
           .creator_id = creator.value,
           .member_ids = values_of(body.other_members),
           .created_at_ms = now_ms});
    } else {
      const UserId other = body.other_members.front();
      result = co_await services_.conversations.create_direct(
          {.id = fresh_id_in_bucket(now_ms, protocol::direct_bucket(creator, other)),
           .creator_id = creator.value,
           .other_id = other.value,
           .created_at_ms = now_ms});
    }
    if (!result || result->outcome != db::CreateResult::Outcome::kIdTaken) break;
  }
  co_return result;
}

// --- list, get ---

Task<Answer> ConversationsRoutes::list(Call& call) {
  const auto parameters = read_query(call);
  if (!parameters) co_return std::unexpected(parameters.error());
  const auto query = protocol::parse_conversation_list(
      {.limit = parameters->find("limit"), .cursor = parameters->find("cursor")});
  if (!query) co_return std::unexpected(query.error());

  db::ListRequest request{.user_id = call.user().value, .limit = query->limit};
  if (query->after) {
    request.after = {.activity_ms = query->after->last_activity_ms, .id = query->after->id.value};
  }
  co_await services_.receipts.settle(call.user());
  const auto page = co_await services_.conversations.list(request);
  if (!page) co_return failure(services_.log, call, page.error());
  std::vector<protocol::ConversationView> views;
  views.reserve(page->conversations.size());
  for (const db::ConversationRow& row : page->conversations) {
    views.push_back(chat::conversation_view(row));
  }
  std::string json;
  protocol::append_conversation_page(json, views, page->has_more);
  co_return json_response(200, std::move(json));
}

Task<Answer> ConversationsRoutes::get(Call& call) {
  co_await services_.receipts.settle(call.user());
  const auto row =
      co_await services_.conversations.find(call.id<ConversationId>("id").value, call.user().value);
  if (!row) co_return failure(services_.log, call, row.error());
  if (!*row) co_return not_found();
  co_return conversation_response(**row);
}

// --- changes ---

Task<Answer> ConversationsRoutes::rename(Call& call) {
  const auto id = call.id<ConversationId>("id");
  auto body = protocol::parse_rename_conversation(services_.json_reader, call.request.body);
  if (!body) co_return co_await refuse_invalid(services_, call, id, std::move(body.error()));
  const auto change = co_await services_.conversations.rename({.conversation_id = id.value,
                                                               .by_user_id = call.user().value,
                                                               .name = std::move(body->name)});
  if (auto problem = settle(call, change)) co_return std::unexpected(std::move(*problem));
  co_return co_await get(call);
}

Task<Answer> ConversationsRoutes::add_members(Call& call) {
  const auto id = call.id<ConversationId>("id");
  auto body = protocol::parse_add_members(services_.json_reader, call.request.body);
  if (!body) co_return co_await refuse_invalid(services_, call, id, std::move(body.error()));
  const auto change =
      co_await services_.conversations.add_members({.conversation_id = id.value,
                                                    .by_user_id = call.user().value,
                                                    .user_ids = values_of(body->member_ids)});
  if (auto problem = settle(call, change)) co_return std::unexpected(std::move(*problem));
  co_return co_await get(call);
}

Task<Answer> ConversationsRoutes::remove_member(Call& call) {
  const auto change = co_await services_.conversations.remove_member(
      {.conversation_id = call.id<ConversationId>("id").value,
       .by_user_id = call.user().value,
       .user_id = call.id<UserId>("userId").value});
  if (auto problem = settle(call, change)) co_return std::unexpected(std::move(*problem));
  co_return no_content_response();
}

std::optional<Problem> ConversationsRoutes::settle(const Call& call,
                                                   const Result<db::ChangeResult>& change) {
  if (!change) return failure(services_.log, call, change.error()).error();
  using Outcome = db::ChangeResult::Outcome;
  switch (change->outcome) {
    case Outcome::kDone:
      break;
    case Outcome::kNothingToDo:
      return std::nullopt;
    case Outcome::kNotFound:
      return not_found().error();
    case Outcome::kIsDirect:
      return invalid("id", "is that of a direct conversation, which stays as it is").error();
    case Outcome::kForbidden:
      return refusal(ErrorCode::kForbidden, "only the creator removes others").error();
    case Outcome::kUnknownMembers:
      return unknown_members(change->unknown_ids).error();
    case Outcome::kTooManyMembers:
      return too_many_members().error();
  }
  auto event = chat::event_view(*change->event, services_.json_reader);
  if (!event) return internal_failure(services_.log, call, "an unreadable event").error();
  services_.fan_out.publish({change->event->conversation_id}, std::move(*event));
  return std::nullopt;
}

}  // namespace ringtalk::app::rest
