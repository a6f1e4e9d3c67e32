// Connection: a WebSocket on one stream, behind three verbs: receive, send, close (RFC 6455). It
// answers pings, runs the close handshake, keeps the heartbeat and bounds what waits unsent. Either
// role. Owned by a session (or a test client); the reactor's thread.
//
//   while (auto message = co_await connection.receive()) { … connection.send_text(reply); … }
//   co_await connection.finish();
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reactor/byte_stream.h"
#include "reactor/chunk.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/send_queue.h"
#include "reactor/shared_bytes.h"
#include "reactor/task.h"
#include "ws/message_assembler.h"
#include "ws/protocol.h"

namespace ringtalk::ws {

struct ConnectionOptions {
  AssemblerOptions assembler;
  reactor::Duration heartbeat = std::chrono::seconds(25);     // a ping this often; 0: none
  reactor::Duration grace = std::chrono::seconds(8);          // silence after a ping that ends it
  reactor::Duration close_timeout = std::chrono::seconds(5);  // for the peer's half of the close
  reactor::Duration send_timeout = std::chrono::seconds(30);  // for the peer to read one write
  std::size_t unsent_bytes_max = 1024 * 1024;  // past it the peer is a slow consumer: 4008
};

class Connection final : reactor::ByteStream::ReceiveWaiter, reactor::Pinned {
 public:
  /// `rest`: bytes that came behind the handshake.
  Connection(reactor::Reactor& reactor, reactor::ByteStream& stream, reactor::Chunk rest,
             const ConnectionOptions& options);

  /// The next data message; its payload holds until the next call. Nothing when the connection is
  /// over, whoever ended it: see close_code(). One caller at a time.
  class ReceiveAwaiter;
  [[nodiscard]] ReceiveAwaiter receive();

  /// Queues a message; it leaves with everything else of this turn. Dropped once closing.
  void send_text(std::string_view payload);
  void send(Opcode opcode, std::string_view payload);
  /// A finished frame that many connections share (servers only: it is not masked).
  void send_frame(const reactor::SharedBytes& frame);

  /// `co_await connection.drained(n)`: until at most n bytes wait unsent.
  [[nodiscard]] reactor::SendQueue::DrainAwaiter drained(std::size_t bytes_left) {
    return out_.drained(bytes_left);
  }
  [[nodiscard]] std::size_t unsent_bytes() const { return out_.bytes(); }

  /// Begins the close handshake; receive() ends when the peer has answered or close_timeout has
  /// passed. Only the first call counts.
  void close(CloseCode code, std::string_view reason = {});
  [[nodiscard]] bool is_closing() const { return is_closing_; }

  /// Lets the last frames leave, then ends the stream for the peer. After receive() has ended; the
  /// stream is still to be closed by its owner.
  [[nodiscard]] reactor::Task<void> finish();

  /// Why it ended: our code, or the peer's, or kAbnormal.
  [[nodiscard]] CloseCode close_code() const { return close_code_; }
  [[nodiscard]] std::uint64_t bytes_sent() const { return out_.bytes_sent(); }

  /// What was received but not read yet is copied out of the reactor's pool: before the caller
  /// waits for something else than receive().
  void detach_input();

 private:
  [[nodiscard]] bool find_message(std::optional<Message>& found);
  [[nodiscard]] bool read_more();
  void take_input();
  void wait_for_input();
  void received() override;
  [[nodiscard]] bool on_timeout();
  void on_peer_close(const PeerClose& close);
  void fail(const ProtocolError& error);
  void write_close(CloseCode code, std::string_view reason);
  void give_up_on_slow_consumer();
  [[nodiscard]] std::optional<MaskKey> next_mask() const;

  // Our close frame has left, the peer's did not come: the stream is aborted, which ends receive().
  class CloseTimer final : public reactor::Timer {
   public:
    explicit CloseTimer(reactor::ByteStream& stream) : stream_(stream) {}

   private:
    void expired() override { stream_.abort(); }
    reactor::ByteStream& stream_;
  };

  reactor::Reactor& reactor_;
  reactor::ByteStream& stream_;
  const ConnectionOptions& options_;
  reactor::SendQueue out_;
  MessageAssembler assembler_;
  reactor::Chunk chunk_;
  std::span<std::byte> input_;  // what of chunk_ was not read yet
  reactor::Deadline next_ping_;
  ReceiveAwaiter* receiver_ = nullptr;       // who waits for a message
  std::unique_ptr<CloseTimer> close_timer_;  // once we have closed
  CloseCode close_code_ = CloseCode::kAbnormal;
  bool awaits_sign_of_life_ = false;
  bool is_closing_ = false;  // our close frame is queued: nothing may follow it
  bool is_over_ = false;     // nothing more is read
};

// Not a coroutine: a connection at rest costs no frame for it.
class Connection::ReceiveAwaiter {
 public:
  explicit ReceiveAwaiter(Connection& connection) : connection_(connection) {}
  [[nodiscard]] bool await_ready() { return connection_.find_message(message_); }
  void await_suspend(std::coroutine_handle<> receiver) {
    coroutine_ = receiver;
    connection_.receiver_ = this;
    connection_.wait_for_input();
  }
  [[nodiscard]] std::optional<Message> await_resume() const { return message_; }

 private:
  friend class Connection;
  Connection& connection_;
  std::coroutine_handle<> coroutine_;
  std::optional<Message> message_;
};

inline Connection::ReceiveAwaiter Connection::receive() {
  return ReceiveAwaiter(*this);
}

}  // namespace ringtalk::ws
