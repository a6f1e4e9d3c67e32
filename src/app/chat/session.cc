#include "app/chat/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/auth/secrets.h"
#include "app/chat/view_rows.h"
#include "app/limits.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {
namespace {

using protocol::ConversationId;
using reactor::Result;
using reactor::Task;

std::string make_session_id() {
  return protocol::to_text(protocol::make_uuid(auth::random_bytes<16>()));
}

}  // namespace

Session::Session(const Environment& environment, ws::Connection& connection,
                 const auth::Identity& identity, std::optional<ConversationId> only)
    : environment_(environment),
      connection_(connection),
      identity_(identity),
      only_(only),
      number_(environment.sessions.next_number()),
      feeds_(environment.feeds, connection, *this, {.user = identity.user_id, .session = number_}),
      expiry_timer_(*this) {
  if (!only) return;
  member_watch_ = std::make_unique<MemberWatch>(
      MemberWatch::Environment{.reactor = environment.feeds.reactor,
                               .conversations = environment.conversations,
                               .conversation_id = *only,
                               .user = identity.user_id},
      watch_list());
}

Task<void> Session::run() {
  // Entered first: whatever the user is added to from here on is told to this session.
  environment_.sessions.enter(*this);
  environment_.online_users.connected(user_id());
  watch_expiry();
  if (co_await start()) {
    while (const auto message = co_await connection_.receive()) {
      if (message->opcode == ws::Opcode::kText) {
        co_await obey_text(*message);
      } else {
        connection_.close(ws::CloseCode::kUnsupportedData, "only text messages are understood");
      }
    }
  }
  environment_.sessions.leave(*this);
  environment_.online_users.disconnected(user_id());
  expiry_timer_.cancel();
  is_ending_ = true;
  feeds_.stop();
  if (member_watch_) member_watch_->stop();
  co_await feeds_.join();
  co_await scope_.join();
  watch_list_.reset();
  co_await connection_.finish();
}

// --- the beginning ---

Task<bool> Session::start() {
  const auto user = co_await environment_.users.find(user_id().value);
  co_await environment_.receipts.settle(user_id());
  const auto heads = co_await read_heads();
  if (!user || !heads) {
    connection_.close(ws::CloseCode::kTryLater, "the database is away");
    while (co_await connection_.receive()) {
    }
    co_return false;
  }
  if (!*user) {
    connection_.close(ws::CloseCode::kTokenExpired, "this user does not exist any more");
  } else {
    write_ready(**user, *heads);
    // Between the handshake's look and this one.
    if (only_ && heads->heads.empty()) {
      connection_.close(ws::CloseCode::kRemoved, "no longer a member");
    }
  }
  is_ready_ = true;
  has_more_ = heads->has_more;
  // What was committed since the heads were read is found by comparing them, once the owners know
  // that this shard listens.
  std::vector<ConversationId> ids;
  for (const db::HeadRow& head : heads->heads) ids.push_back({head.conversation_id});
  feeds_.add_all(std::move(ids));
  for (const db::HeadRow& head : heads->heads) {
    const protocol::Seq known = std::min(head.delivered_seq, head.last_seq);
    feeds_.start({head.conversation_id}, known, head.last_seq);
  }
  for (const ConversationId id : joined_before_ready_) {
    if (feeds_.is_starting(id)) scope_.spawn(greet(id));
  }
  joined_before_ready_ = {};
  if (member_watch_) scope_.spawn(member_watch_->begin());
  co_return true;
}

Task<Result<db::HeadPage>> Session::read_heads() {
  if (!only_) {
    co_return co_await environment_.conversations.heads(user_id().value,
                                                        limits::kReadyConversationsMax);
  }
  std::vector<std::int64_t> ids{only_->value};
  auto heads = co_await environment_.conversations.heads_of(std::move(ids), user_id().value);
  if (!heads) co_return std::unexpected(heads.error());
  co_return db::HeadPage{.heads = std::move(*heads)};
}

void Session::write_ready(const db::UserRow& user, const db::HeadPage& heads) {
  std::vector<protocol::ConversationMark> marks;
  marks.reserve(heads.heads.size());
  for (const db::HeadRow& head : heads.heads) marks.push_back(conversation_mark(head));
  const protocol::UserView view = user_view(user, {.is_online = true, .is_own = true});
  const std::string session_id = make_session_id();
  std::string payload;
  protocol::append_ready_message(payload, {.session_id = session_id,
                                           .epoch = environment_.epoch,
                                           .user = view,
                                           .heartbeat_seconds = environment_.heartbeat.count(),
                                           .conversations = marks,
                                           .has_more = heads.has_more});
  connection_.send_text(payload);
}

// --- news from the server ---

void Session::passes_on(const protocol::EventView& event) {
  if (member_watch_) member_watch_->note(event);
}

void Session::login_ended() {
  connection_.close(ws::CloseCode::kTokenExpired, "logged out");
}

void Session::drain(std::int64_t reconnect_after_ms) {
  std::string payload;
  protocol::append_bye_message(payload, "restarting", reconnect_after_ms);
  connection_.send_text(payload);
  connection_.close(ws::CloseCode::kRestarting, "restarting");
}

void Session::watch_expiry() {
  const std::int64_t left_ms =
      identity_.expires_at_s * 1000 - environment_.feeds.reactor.unix_milliseconds();
  environment_.feeds.reactor.timers().schedule(
      expiry_timer_, environment_.feeds.reactor.after(std::chrono::milliseconds(left_ms)));
}

void Session::ExpiryTimer::expired() {
  session_.connection_.close(ws::CloseCode::kTokenExpired, "the token has expired");
}

}  // namespace ringtalk::app::chat
