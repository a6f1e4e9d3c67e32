// RestDoor: several kept HTTP connections to the server, opened when they are first used and again
// when they have ended. Owned by set-up or a Station; the reactor's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/client_connection.h"
#include "loadgen/traffic/endpoint.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "reactor/tcp_stream.h"

namespace ringtalk::loadgen {

class RestDoor : reactor::Pinned {
 public:
  struct Size {
    std::size_t connections = 1;
    std::size_t in_flight_max = 1;  // on each
  };
  RestDoor(reactor::Reactor& reactor, const Endpoint& endpoint, Size size);

  /// Over connection number `via` (modulo their count), or the next in turn.
  [[nodiscard]] reactor::Task<reactor::Result<http::Response>> ask(http::OutgoingRequest request,
                                                                   std::size_t via);
  [[nodiscard]] std::size_t next_in_turn() { return turn_++; }

  /// Nobody may be asking any more.
  [[nodiscard]] reactor::Task<void> close();

 private:
  struct Link {
    std::unique_ptr<reactor::TcpStream> stream;
    std::unique_ptr<http::ClientConnection> connection;
    bool is_opening = false;
  };
  [[nodiscard]] reactor::Task<reactor::Result<http::ClientConnection*>> open(std::size_t via);
  [[nodiscard]] reactor::Task<void> end(std::unique_ptr<reactor::TcpStream> stream,
                                        std::unique_ptr<http::ClientConnection> connection);

  reactor::Reactor& reactor_;
  const Endpoint& endpoint_;
  const http::ClientOptions options_;
  std::vector<Link> links_;
  std::size_t turn_ = 0;
  reactor::TaskScope ending_;
};

/// A request as a user.
[[nodiscard]] http::OutgoingRequest get_request(std::string target, std::string_view token);
[[nodiscard]] http::OutgoingRequest post_request(std::string target, std::string_view token,
                                                 std::string json);

}  // namespace ringtalk::loadgen
