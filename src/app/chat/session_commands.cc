// What a session does with the commands of its client.
#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "app/auth/secrets.h"
#include "app/chat/session.h"
#include "app/chat/view_rows.h"
#include "app/limits.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {
namespace {

using protocol::ErrorCode;
using protocol::Problem;
using reactor::Task;

Problem not_found() {
  return {.code = ErrorCode::kNotFound, .detail = "there is no such conversation"};
}

// Whatever keeps the database from answering, the same command may well succeed later.
Problem unavailable() {
  return {.code = ErrorCode::kUnavailable, .retry_after = limits::kRetryAfter};
}

}  // namespace

// What a command needs stays in the frames of its obeying: a session at rest waits in run(), whose
// frame holds nothing of it.
Task<void> Session::obey_text(const ws::Message& message) {
  ++environment_.feeds.metrics.messages_received;
  auto command = protocol::parse_command(environment_.feeds.json_reader, message.payload);
  if (command) {
    co_await obey(std::move(*command));
  } else {
    write_error(command.error().problem, command.error().ref);
  }
}

Task<void> Session::obey(protocol::Command command) {
  if (auto* send = std::get_if<protocol::SendCommand>(&command.action)) {
    start_send(std::move(*send), std::move(command.ref));
    // Too much at once: the client waits in its socket until an answer has left.
    if (sends_in_flight_ < limits::kCommandsInFlightMax) co_return;
    connection_.detach_input();
    struct Suspension {
      Session& session;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> self) const { session.waits_for_send_ = self; }
      void await_resume() const noexcept {}
    };
    co_await Suspension{*this};
  } else if (std::holds_alternative<protocol::PingCommand>(command.action)) {
    std::string payload;
    protocol::append_pong_message(payload, command.ref);
    connection_.send_text(payload);
  } else if (const auto* auth = std::get_if<protocol::AuthCommand>(&command.action)) {
    renew(*auth, command.ref);
  } else if (const auto* wanted = std::get_if<protocol::WatchCommand>(&command.action)) {
    watch(*wanted);
  } else {
    connection_.detach_input();
    co_await obey_later(std::move(command));
  }
}

// Commands that ask the database: one after the other, so that their answers stay in order and a
// client that reads slowly is not buried in batches.
Task<void> Session::obey_later(protocol::Command command) {
  if (auto* wanted = std::get_if<protocol::SyncCommand>(&command.action)) {
    co_await sync(*wanted, std::move(command.ref));
  } else if (const auto* delivered = std::get_if<protocol::DeliveredCommand>(&command.action)) {
    co_await raise_marks({.conversation_id = delivered->conversation_id.value,
                          .user_id = user_id().value,
                          .delivered_seq = delivered->seq},
                         std::move(command.ref));
  } else if (const auto* read = std::get_if<protocol::ReadCommand>(&command.action)) {
    co_await raise_marks({.conversation_id = read->conversation_id.value,
                          .user_id = user_id().value,
                          .read_seq = read->seq},
                         std::move(command.ref));
  } else if (const auto* typing = std::get_if<protocol::TypingCommand>(&command.action)) {
    co_await type(*typing, std::move(command.ref));
  } else {
    write_error(
        {.code = ErrorCode::kNotImplemented, .detail = "this server does not know this op yet"},
        command.ref);
  }
}

// --- send ---

void Session::start_send(protocol::SendCommand send, protocol::Ref ref) {
  if (!covers(send.conversation_id)) return write_error(not_found(), ref);
  const protocol::Uuid client_id = send.client_id ? *send.client_id : make_own_client_id();
  const FeedSet::SendNumber number = feeds_.expect(send.conversation_id, client_id, std::move(ref));
  ++sends_in_flight_;
  scope_.spawn(this->send({.conversation_id = send.conversation_id,
                           .sender_id = user_id(),
                           .client_id = client_id,
                           .content = std::move(send.content),
                           .session = number_},
                          number));
}

Task<void> Session::send(Draft draft, FeedSet::SendNumber number) {
  reactor::Result<Committed> committed;
  std::optional<Problem> limited;
  if (environment_.rate_limiter.is_on()) limited = co_await check_rate();
  if (!limited) committed = co_await environment_.sender.send(std::move(draft));
  --sends_in_flight_;
  if (limited) {
    write_error(*limited, feeds_.forget(number));
  } else if (!committed) {
    write_error(unavailable(), feeds_.forget(number));
  } else if (committed->outcome == Committed::Outcome::kKeyReused) {
    write_error({.code = ErrorCode::kKeyReused}, feeds_.forget(number));
  } else if (committed->outcome == Committed::Outcome::kNotMember) {
    write_error(not_found(), feeds_.forget(number));
  } else {
    feeds_.committed(number, *committed);
  }
  if (waits_for_send_) {
    environment_.feeds.reactor.make_ready(std::exchange(waits_for_send_, nullptr));
  }
}

// Messages are counted together with those that come by REST.
Task<std::optional<Problem>> Session::check_rate() {
  const RateAnswer answer = co_await environment_.rate_limiter.take(
      {.kind = RateKey::Kind::kUserSend, .id = user_id().value});
  if (answer.is_allowed) co_return std::nullopt;
  co_return Problem{
      .code = ErrorCode::kRateLimited,
      .retry_after = std::chrono::ceil<std::chrono::milliseconds>(answer.until_allowed)};
}

// --- sync and marks ---

Task<void> Session::sync(protocol::SyncCommand wanted, protocol::Ref ref) {
  static_cast<void>(co_await connection_.drained(limits::kOutboxHighBytes));
  const protocol::ConversationId id = wanted.conversation_id;
  if (const auto problem = co_await refuse_stranger(id)) co_return write_error(*problem, ref);
  const bool has_listened = feeds_.contains(id);
  const auto page =
      co_await environment_.feeds.messages.events({.conversation_id = id.value,
                                                   .after_seq = wanted.after_seq,
                                                   .limit = wanted.limit,
                                                   .known_head = feeds_.head_of(id).value_or(0)});
  if (!page) co_return write_error(unavailable(), ref);
  // He has left meanwhile: what was read may lie behind it.
  if (has_listened && !feeds_.contains(id)) co_return write_error(not_found(), ref);
  if (!write_batch(wanted, *page, ref)) write_error({.code = ErrorCode::kInternal}, ref);
}

// False when an event cannot be read.
bool Session::write_batch(const protocol::SyncCommand& wanted, const db::EventPage& page,
                          const protocol::Ref& ref) {
  const protocol::ConversationId id = wanted.conversation_id;
  protocol::Seq head = page.last_seq;
  bool has_left = false;
  std::vector<protocol::EventView> events;
  events.reserve(page.events.size());
  for (const db::EventRow& row : page.events) {
    auto event = event_view(row, environment_.feeds.json_reader);
    if (!event) return false;
    has_left = feeds_.is_leaving(id, *event);
    if (has_left) {
      head = row.seq - 1;
      break;
    }
    events.push_back(std::move(*event));
  }
  std::string payload;
  const std::size_t fitted = protocol::append_batch_message(
      payload, {.conversation_id = id, .events = events, .last_seq = head, .ref = ref});
  connection_.send_text(payload);
  for (std::size_t i = 0; i < fitted; ++i) passes_on(events[i]);
  const protocol::Seq last = fitted == 0 ? 0 : events[fitted - 1].seq;
  feeds_.synced(id, wanted.after_seq, last, head);
  if (has_left && fitted == events.size()) ceased_to_be_member(id);
  return true;
}

// Who listens is a member; others (past the first 1,000 of `ready`) are looked up.
Task<std::optional<Problem>> Session::refuse_stranger(protocol::ConversationId id) {
  if (!covers(id)) co_return not_found();
  if (feeds_.contains(id)) co_return std::nullopt;
  const auto is_member = co_await environment_.conversations.is_member(id.value, user_id().value);
  if (!is_member) co_return unavailable();
  if (!*is_member) co_return not_found();
  co_return std::nullopt;
}

Task<void> Session::raise_marks(db::MarkRequest request, protocol::Ref ref) {
  if (!covers({request.conversation_id})) co_return write_error(not_found(), ref);
  if (co_await note_marks(request)) co_return;
  const auto marks = co_await environment_.receipts.write(std::move(request), number_);
  if (!marks) co_return write_error(unavailable(), ref);
  if (!*marks) write_error(not_found(), ref);
}

// Marks of who listens are gathered. Past the head as it is known here they are not, for the
// database must clamp them to the head of this moment: what comes later was not read yet.
Task<bool> Session::note_marks(db::MarkRequest request) {
  const protocol::ConversationId id{request.conversation_id};
  const auto head = feeds_.head_of(id);
  const PendingMark mark{.delivered = request.delivered_seq.value_or(0),
                         .read = request.read_seq.value_or(0),
                         .session = number_};
  const protocol::Seq seq = std::max(mark.delivered, mark.read);
  if (!head || seq > *head) co_return false;
  if (seq == 0) co_return true;
  co_return co_await environment_.receipts.note({.user_id = user_id(), .conversation_id = id},
                                                mark);
}

// --- typing ---

Task<void> Session::type(protocol::TypingCommand typing, protocol::Ref ref) {
  const protocol::ConversationId id = typing.conversation_id;
  if (const auto problem = co_await refuse_stranger(id)) co_return write_error(*problem, ref);
  if (!typing_throttle_.lets_pass(id, typing.is_on, environment_.feeds.reactor.now())) co_return;
  environment_.fan_out.pass_on(
      passing({.conversation_id = id, .user_id = user_id(), .is_on = typing.is_on}));
}

// --- watch, auth, errors ---

WatchList& Session::watch_list() {
  if (!watch_list_) {
    watch_list_ =
        std::make_unique<WatchList>(WatchList::Environment{.reactor = environment_.feeds.reactor,
                                                           .watchers = environment_.watchers,
                                                           .metrics = environment_.feeds.metrics},
                                    connection_);
  }
  return *watch_list_;
}

void Session::watch(const protocol::WatchCommand& watch) {
  if (member_watch_) member_watch_->stop();
  watch_list().replace(watch.user_ids);
  for (const std::string& id : watch.foreign_ids) {
    std::string payload;
    protocol::append_foreign_presence_message(payload, id);
    connection_.send_text(payload);
  }
}

void Session::renew(const protocol::AuthCommand& auth, const protocol::Ref& ref) {
  const auto identity = environment_.authenticator.authenticate(auth.token);
  if (!identity) return write_error(identity.error(), ref);
  if (identity->user_id != user_id()) {
    return write_error({.code = ErrorCode::kForbidden,
                        .detail = "the token is another user's: connect anew with it"},
                       ref);
  }
  identity_ = *identity;
  watch_expiry();
  std::string payload;
  protocol::append_authenticated_message(payload, identity_.expires_at_s * 1000, ref);
  connection_.send_text(payload);
}

void Session::write_error(const Problem& problem, const protocol::Ref& ref) {
  std::string payload;
  protocol::append_error_message(payload, problem, ref);
  connection_.send_text(payload);
  ++environment_.feeds.metrics.command_errors;
}

}  // namespace ringtalk::app::chat
