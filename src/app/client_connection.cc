#include "app/client_connection.h"

#include <array>
#include <string_view>
#include <utility>

#include "app/limits.h"
#include "http/response_writer.h"
#include "http/target.h"
#include "reactor/linger.h"

namespace ringtalk::app {
namespace {

using protocol::ErrorCode;
using protocol::Problem;
using reactor::Task;

constexpr std::string_view kSubprotocol = "ringtalk.v1";
constexpr std::string_view kBearerPrefix = "bearer.";
constexpr std::string_view kAllConversations = "/v1/ws";
constexpr std::string_view kOneConversation = "/ws/";
constexpr std::string_view kEcho = "/test/echo";

// Echoes that wait unsent: one more message may come on top.
constexpr std::size_t kEchoUnsentMax = 256 * 1024;

// The three ways to bring a token: header, subprotocol (browsers), query.
std::string token_of(const http::Request& request) {
  if (const auto header = request.header("Authorization")) {
    return std::string(auth::bearer_token(*header).value_or(""));
  }
  for (const std::string_view offered : ws::offered_subprotocols(request)) {
    if (offered.starts_with(kBearerPrefix))
      return std::string(offered.substr(kBearerPrefix.size()));
  }
  const auto query = http::query_parameters(request.query);
  return query ? std::string(query->find("token").value_or("")) : std::string();
}

// A browser says where the page came from; only our own pages may connect (no list yet). Who says
// nothing is no browser.
bool is_welcome_origin(const http::Request& request) {
  const auto origin = request.header("Origin");
  if (!origin) return true;
  const auto host = request.header("Host");
  const std::size_t scheme_end = origin->find("://");
  return host && scheme_end != std::string_view::npos &&
         http::equals_ignoring_case(origin->substr(scheme_end + 3), *host);
}

}  // namespace

ClientConnection::ClientConnection(const Environment& environment, int descriptor)
    : environment_(environment), stream_(environment.reactor, descriptor) {}

Task<void> ClientConnection::serve_http() {
  ++environment_.metrics.http_connections;
  http_ = std::make_unique<http::Connection>(environment_.http, stream_);
  auto upgrade = co_await http_->serve();
  http_.reset();
  --environment_.metrics.http_connections;
  if (upgrade) co_await answer_upgrade(std::move(*upgrade));
}

RINGTALK_COROUTINE_WRAPPER Task<void> ClientConnection::serve_socket() {
  return talk_ ? talk_->session.run() : serve_echo();
}

Task<void> ClientConnection::close() {
  if (talk_) end_talk();
  echo_.reset();
  co_await stream_.close();
}

void ClientConnection::drain(std::int64_t reconnect_after_ms) {
  reconnect_after_ms_ = reconnect_after_ms;
  if (http_) http_->drain();
  if (talk_) talk_->session.drain(reconnect_after_ms);
  if (echo_) echo_->close(ws::CloseCode::kRestarting, "restarting");
}

// An upgrade to something else than a WebSocket (h2c, say) is a wish that a server may ignore
// (RFC 9110 §7.8): the request is answered as it stands. Checks in the contract's order.
Task<void> ClientConnection::answer_upgrade(http::Upgrade upgrade) {
  const http::Request& request = upgrade.request;
  const std::optional<Endpoint> endpoint = find_endpoint(request);
  if (!endpoint || !http::header_has_token(request, "Upgrade", "websocket")) {
    http::Exchange exchange{.peer_address = stream_.peer_address()};
    co_return co_await send_last(request,
                                 co_await environment_.http.service.answer(request, exchange));
  }
  std::optional<auth::Identity> identity;
  if (endpoint->kind != Endpoint::Kind::kEcho) {
    auto found = environment_.authenticator.authenticate(token_of(request));
    if (!found) co_return co_await refuse(request, found.error());
    identity = *found;
  }
  constexpr std::array kSubprotocols = {kSubprotocol};
  const auto reply = ws::accept(request, {.subprotocols = kSubprotocols});
  if (!reply) co_return co_await refuse_handshake(request, reply.error());
  if (!is_welcome_origin(request)) {
    co_return co_await refuse(
        request, {.code = ErrorCode::kForbidden, .detail = "pages of this Origin may not connect"});
  }
  std::optional<protocol::ConversationId> only;
  if (endpoint->kind == Endpoint::Kind::kOneConversation) {
    only = endpoint->conversation_id;
    const auto problem = co_await check_membership(identity->user_id, *only);
    if (problem) co_return co_await refuse(request, *problem);
  }
  std::string head;
  ws::write_switching_protocols(head, *reply);
  const auto deadline = environment_.reactor.after(environment_.session_socket.send_timeout);
  if (!(co_await stream_.send(head, deadline))) co_return;
  if (identity) {
    begin_talk(std::move(upgrade.rest), *identity, only);
  } else {
    begin_echo(std::move(upgrade.rest));
  }
}

std::optional<ClientConnection::Endpoint> ClientConnection::find_endpoint(
    const http::Request& request) const {
  std::string_view path = request.path;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == kAllConversations) return Endpoint{.kind = Endpoint::Kind::kAllConversations};
  if (path == kEcho && environment_.has_test_endpoints) {
    return Endpoint{.kind = Endpoint::Kind::kEcho};
  }
  if (!path.starts_with(kOneConversation)) return std::nullopt;
  const std::string_view id = path.substr(kOneConversation.size());
  if (id.empty() || id.contains('/')) return std::nullopt;
  // What no id looks like names no conversation: 0 is nobody's, and is not found in its turn.
  return Endpoint{.kind = Endpoint::Kind::kOneConversation,
                  .conversation_id = protocol::read_id<protocol::ConversationId>(id).value_or(
                      protocol::ConversationId{})};
}

Task<std::optional<Problem>> ClientConnection::check_membership(protocol::UserId user,
                                                                protocol::ConversationId id) {
  const auto is_member =
      co_await environment_.session.conversations.is_member(id.value, user.value);
  if (!is_member) {
    co_return Problem{.code = ErrorCode::kUnavailable, .retry_after = limits::kRetryAfter};
  }
  if (!*is_member) co_return Problem{.code = ErrorCode::kNotFound};
  co_return std::nullopt;
}

void ClientConnection::begin_talk(reactor::Chunk rest, const auth::Identity& identity,
                                  std::optional<protocol::ConversationId> only) {
  talk_ = std::make_unique<Talk>(environment_, stream_, std::move(rest), identity, only);
  // The server began to stop during the handshake.
  if (reconnect_after_ms_) talk_->session.drain(*reconnect_after_ms_);
  ++environment_.metrics.ws_sessions;
  environment_.log.debug("ws.opened", {{"user", identity.user_id.value}});
}

void ClientConnection::end_talk() {
  Metrics& metrics = environment_.metrics;
  const std::int64_t user = talk_->session.user_id().value;
  const ws::CloseCode close_code = talk_->socket.close_code();
  talk_.reset();
  --metrics.ws_sessions;
  const auto code = static_cast<std::uint16_t>(close_code);
  metrics.count_ws_closed(code);
  if (close_code == ws::CloseCode::kSlowConsumer) ++metrics.slow_consumers;
  environment_.log.debug("ws.closed", {{"user", user}, {"code", code}});
}

void ClientConnection::begin_echo(reactor::Chunk rest) {
  echo_ = std::make_unique<ws::Connection>(environment_.reactor, stream_, std::move(rest),
                                           environment_.echo_socket);
  if (reconnect_after_ms_) drain(*reconnect_after_ms_);
}

// The production layer with nothing behind it: for conformance suites and benchmarks.
Task<void> ClientConnection::serve_echo() {
  if (!echo_) co_return;
  ws::Connection& socket = *echo_;
  while (const auto message = co_await socket.receive()) {
    socket.send(message->opcode, message->payload);
    if (socket.unsent_bytes() <= kEchoUnsentMax) continue;
    socket.detach_input();
    static_cast<void>(co_await socket.drained(kEchoUnsentMax));
  }
  co_await socket.finish();
}

// --- answers in place of an upgrade; each is the last one of its connection ---

Task<void> ClientConnection::refuse(const http::Request& request, Problem problem) {
  co_await send_last(request, environment_.api.refuse_with(request, problem));
}

Task<void> ClientConnection::refuse_handshake(const http::Request& request,
                                              ws::HandshakeError error) {
  http::Response response = environment_.http.service.refuse(
      &request, {.status = error.status, .code = error.code, .detail = std::string(error.detail)});
  ws::add_refusal_headers(response.headers, error);
  co_await send_last(request, std::move(response));
}

Task<void> ClientConnection::send_last(const http::Request& request, http::Response response) {
  response.close = true;
  std::string bytes;
  http::write_response(
      bytes, response,
      {.version_minor = request.version_minor,
       .is_head = request.method == http::Method::kHead,
       .date = environment_.http.date.at(environment_.reactor.unix_milliseconds())});
  const auto deadline = environment_.reactor.after(environment_.http.time_limits.send);
  if (!(co_await stream_.send(bytes, deadline))) co_return;
  co_await reactor::linger(environment_.reactor, stream_);
}

}  // namespace ringtalk::app
