// ClientConnection: one TCP connection from its accept to its close: HTTP first, then, if that is
// asked for, a WebSocket with its session. Owned by the shard that accepted it; its thread.
//
// Its story has three parts, which the shard awaits one after the other: so nothing of the
// handshake is left while a WebSocket is at rest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/auth/authenticator.h"
#include "app/chat/session.h"
#include "app/metrics.h"
#include "app/protocol/problem.h"
#include "app/rest/api.h"
#include "http/connection.h"
#include "reactor/log.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/tcp_stream.h"
#include "ws/connection.h"
#include "ws/handshake.h"

namespace ringtalk::app {

class ClientConnection : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    http::Connection::Environment http;
    chat::Session::Environment session;
    auth::Authenticator& authenticator;
    rest::Api& api;
    Metrics& metrics;
    reactor::Log& log;
    ws::ConnectionOptions session_socket;
    ws::ConnectionOptions echo_socket;
    bool has_test_endpoints = false;
  };
  /// Owns the descriptor from here on.
  ClientConnection(const Environment& environment, int descriptor);

  /// To the end of HTTP: a WebSocket has been opened, or nothing follows.
  [[nodiscard]] reactor::Task<void> serve_http();
  /// The WebSocket, if there is one, to its end.
  [[nodiscard]] reactor::Task<void> serve_socket();
  /// Ends when everything of this connection has been given back.
  [[nodiscard]] reactor::Task<void> close();

  /// The server is about to stop: finish what was accepted, and end.
  void drain(std::int64_t reconnect_after_ms);
  /// Ends it now, whatever is under way.
  void abort() { stream_.abort(); }

 private:
  struct Endpoint {
    enum class Kind : std::uint8_t { kAllConversations, kOneConversation, kEcho };
    Kind kind = Kind::kAllConversations;
    protocol::ConversationId conversation_id;  // of kOneConversation
  };

  struct Talk {
    Talk(const Environment& environment, reactor::ByteStream& stream, reactor::Chunk rest,
         const auth::Identity& identity, std::optional<protocol::ConversationId> only)
        : socket(environment.reactor, stream, std::move(rest), environment.session_socket),
          session(environment.session, socket, identity, only) {}
    ws::Connection socket;
    chat::Session session;
  };

  [[nodiscard]] reactor::Task<void> answer_upgrade(http::Upgrade upgrade);
  [[nodiscard]] std::optional<Endpoint> find_endpoint(const http::Request& request) const;
  [[nodiscard]] reactor::Task<std::optional<protocol::Problem>> check_membership(
      protocol::UserId user, protocol::ConversationId id);
  void begin_talk(reactor::Chunk rest, const auth::Identity& identity,
                  std::optional<protocol::ConversationId> only);
  void end_talk();
  void begin_echo(reactor::Chunk rest);
  [[nodiscard]] reactor::Task<void> serve_echo();

  [[nodiscard]] reactor::Task<void> refuse(const http::Request& request, protocol::Problem problem);
  [[nodiscard]] reactor::Task<void> refuse_handshake(const http::Request& request,
                                                     ws::HandshakeError error);
  [[nodiscard]] reactor::Task<void> send_last(const http::Request& request,
                                              http::Response response);

  const Environment& environment_;
  reactor::TcpStream stream_;
  std::unique_ptr<http::Connection> http_;
  std::optional<std::int64_t> reconnect_after_ms_;  // once the server is about to stop
  std::unique_ptr<Talk> talk_;                      // while there is one
  std::unique_ptr<ws::Connection> echo_;            // likewise
};

}  // namespace ringtalk::app
