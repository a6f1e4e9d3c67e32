#include "app/rest/messages_routes.h"

#include <utility>
#include <variant>

#include "app/chat/view_rows.h"
#include "app/protocol/view_writer.h"
#include "app/rest/failures.h"
#include "app/rest/membership.h"
#include "app/rest/query.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

using protocol::ConversationId;
using protocol::ErrorCode;
using reactor::Result;
using reactor::Task;

void MessagesRoutes::add_to(Routes& routes) {
  using http::Method;
  using Self = MessagesRoutes;
  routes.add(Method::kPost, "/v1/conversations/{id}/messages", Handler::of<&Self::send>(*this),
             {.body = Body::kJson, .rate_limit = RateLimit::kByUserAsSend});
  routes.add(Method::kGet, "/v1/conversations/{id}/messages", Handler::of<&Self::history>(*this),
             {});
  routes.add(Method::kGet, "/v1/conversations/{id}/events", Handler::of<&Self::events>(*this), {});
  routes.add(Method::kPost, "/v1/conversations/{id}/receipts",
             Handler::of<&Self::raise_marks>(*this), kJsonRules);
}

// --- send ---

Task<Answer> MessagesRoutes::send(Call& call) {
  const auto id = call.id<ConversationId>("id");
  auto body = parse_send(call);
  if (!body) co_return co_await refuse_invalid(services_, call, id, std::move(body.error()));
  const protocol::Uuid client_id = body->client_id ? *body->client_id : chat::make_own_client_id();
  protocol::MessageView message{.conversation_id = id,
                                .sender_id = call.user(),
                                .content = body->content,
                                .client_id = chat::shown_client_id(client_id)};

  const auto committed = co_await services_.sender.send({.conversation_id = id,
                                                         .sender_id = call.user(),
                                                         .client_id = client_id,
                                                         .content = std::move(body->content)});
  if (!committed) co_return failure(services_.log, call, committed.error());

  using Outcome = chat::Committed::Outcome;
  message.seq = committed->seq;
  message.timestamp_ms = committed->timestamp_ms;
  switch (committed->outcome) {
    case Outcome::kStored: {
      std::string json;
      protocol::append_message(json, message);
      co_return json_response(200, std::move(json));
    }
    case Outcome::kDuplicate:
      co_return co_await answer_duplicate(call, {.conversation_id = id, .seq = committed->seq});
    case Outcome::kKeyReused:
      co_return refusal(ErrorCode::kKeyReused);
    case Outcome::kNotMember:
      co_return not_found();
  }
  std::unreachable();
}

protocol::Parsed<protocol::SendMessageBody> MessagesRoutes::parse_send(const Call& call) {
  auto body = protocol::parse_send_message(services_.json_reader, call.request.body);
  if (!body) return body;
  auto key =
      protocol::join_idempotency_keys(body->client_id, call.request.header("Idempotency-Key"));
  if (!key) return std::unexpected(std::move(key.error()));
  body->client_id = *key;
  return body;
}

// The first message as it stands now: others may have received or read it meanwhile.
Task<Answer> MessagesRoutes::answer_duplicate(Call& call, protocol::MessageId id) {
  const auto row = co_await services_.messages.find_message(id.conversation_id.value, id.seq);
  if (!row) co_return failure(services_.log, call, row.error());
  if (!*row) co_return internal_failure(services_.log, call, "a duplicate without its message");
  std::string json;
  protocol::append_message(json, chat::message_view(**row));
  co_return json_response(200, std::move(json));
}

// --- history ---

Task<Answer> MessagesRoutes::history(Call& call) {
  const auto parameters = read_query(call);
  if (!parameters) co_return std::unexpected(parameters.error());
  const auto id = call.id<ConversationId>("id");
  if (auto refusal = co_await refuse_stranger(services_, call, id)) {
    co_return std::unexpected(std::move(*refusal));
  }
  const auto query = protocol::parse_history({.limit = parameters->find("limit"),
                                              .before = parameters->find("before"),
                                              .before_seq = parameters->find("beforeSeq"),
                                              .after_seq = parameters->find("afterSeq"),
                                              .cursor = parameters->find("cursor")});
  if (!query) co_return std::unexpected(query.error());

  const auto request = co_await history_request(id, *query);
  if (!request) co_return failure(services_.log, call, request.error());
  const auto page = co_await services_.messages.history(*request);
  if (!page) co_return failure(services_.log, call, page.error());
  std::vector<protocol::MessageView> messages;
  messages.reserve(page->messages.size());
  for (const db::MessageRow& row : page->messages) messages.push_back(chat::message_view(row));
  std::string json;
  protocol::append_message_page(json, messages,
                                {.direction = query->direction(), .has_more = page->has_more});
  co_return json_response(200, std::move(json));
}

// A time becomes the seq at which it begins, so that a page and its cursor count in seqs alone.
Task<Result<db::HistoryRequest>> MessagesRoutes::history_request(ConversationId conversation_id,
                                                                 protocol::HistoryQuery query) {
  db::HistoryRequest request{.conversation_id = conversation_id.value, .limit = query.limit};
  if (const auto* before = std::get_if<protocol::BeforeSeq>(&query.start)) {
    request.before_seq = before->seq;
  } else if (const auto* after = std::get_if<protocol::AfterSeq>(&query.start)) {
    request.after_seq = after->seq;
  } else if (const auto* time = std::get_if<protocol::BeforeTime>(&query.start)) {
    auto seq = co_await services_.messages.first_seq_since(conversation_id.value, time->unix_ms);
    if (!seq) co_return std::unexpected(std::move(seq.error()));
    request.before_seq = *seq;
  }
  co_return request;
}

// --- events ---

Task<Answer> MessagesRoutes::events(Call& call) {
  const auto parameters = read_query(call);
  if (!parameters) co_return std::unexpected(parameters.error());
  const auto id = call.id<ConversationId>("id");
  if (auto refusal = co_await refuse_stranger(services_, call, id)) {
    co_return std::unexpected(std::move(*refusal));
  }
  const auto query = protocol::parse_events(
      {.after_seq = parameters->find("afterSeq"), .limit = parameters->find("limit")});
  if (!query) co_return std::unexpected(query.error());

  const auto page = co_await services_.messages.events(
      {.conversation_id = id.value, .after_seq = query->after_seq, .limit = query->limit});
  if (!page) co_return failure(services_.log, call, page.error());
  std::vector<protocol::EventView> events;
  events.reserve(page->events.size());
  for (const db::EventRow& row : page->events) {
    auto event = chat::event_view(row, services_.json_reader);
    if (!event) co_return internal_failure(services_.log, call, "an unreadable event");
    events.push_back(std::move(*event));
  }
  std::string json;
  protocol::append_event_page(json, events, page->last_seq);
  co_return json_response(200, std::move(json));
}

// --- receipts ---

Task<Answer> MessagesRoutes::raise_marks(Call& call) {
  const auto id = call.id<ConversationId>("id");
  auto body = protocol::parse_receipts(services_.json_reader, call.request.body);
  if (!body) co_return co_await refuse_invalid(services_, call, id, std::move(body.error()));
  const auto marks = co_await services_.receipts.write({.conversation_id = id.value,
                                                        .user_id = call.user().value,
                                                        .delivered_seq = body->delivered_seq,
                                                        .read_seq = body->read_seq},
                                                       chat::kNoSession);
  if (!marks) co_return failure(services_.log, call, marks.error());
  if (!*marks) co_return not_found();
  co_return no_content_response();
}

}  // namespace ringtalk::app::rest
