// A WebSocket connection on one end of a stream and a bare peer on the other, for tests: a session
// notes what it receives, and may answer. One thread.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "frames.h"
#include "stream_pair.h"
#include "ws/connection.h"

namespace ringtalk::ws {

/// A frame as a server sends it.
inline std::string server_frame(std::string_view payload, int first = 0x81) {
  return frame(payload, {.first = first, .is_masked = false});
}
inline std::string server_close(int code, std::string_view reason = {}) {
  return server_frame(bytes({code >> 8, code & 0xFF}).append(reason), 0x88);
}
inline const std::string kServerPing = server_frame("", 0x89);

class SocketLab {
 public:
  explicit SocketLab(test_support::StreamKind kind, ConnectionOptions chosen = {},
                     const std::string& rest = "")
      : pair(kind), options(chosen) {
    connection.emplace(pair.reactor(), pair.near(),
                       reactor::Chunk::copy_of(std::as_bytes(std::span(rest))), options);
    pair.scope().spawn(serve());
  }
  ~SocketLab() {
    pair.near().abort();
    pair.far().abort();
    test_support::join(pair.reactor(), pair.scope());
  }

  [[nodiscard]] bool sees(std::size_t messages) {
    return pair.turn_until([&] { return seen.size() >= messages; });
  }
  [[nodiscard]] bool ends(reactor::Duration patience = test_support::kPatience) {
    return pair.turn_until([&] { return is_over; }, patience);
  }

  test_support::StreamPair pair;
  const ConnectionOptions options;
  test_support::Peer peer{pair};
  std::optional<Connection> connection;
  Trace seen;  // "text:hello"
  bool echoes = false;
  reactor::Duration pause{};  // after each message, with the input detached
  std::optional<CloseCode> code;
  bool receiving_is_over = false;
  bool is_over = false;

 private:
  // As a session does: at the end the connection goes, and the stream is closed.
  reactor::Task<void> serve() {
    while (const auto message = co_await connection->receive()) {
      seen.push_back(describe(MessageEvent(*message)));
      if (echoes) connection->send(message->opcode, message->payload);
      if (pause.count() == 0) continue;
      connection->detach_input();
      co_await pair.reactor().sleep_for(pause);
    }
    receiving_is_over = true;
    co_await connection->finish();
    code = connection->close_code();
    connection.reset();
    co_await pair.near().close();
    is_over = true;
  }
};

}  // namespace ringtalk::ws
