// TcpStream: a ByteStream over one connected socket (TCP, or a Unix one), which it owns. Receiving
// is armed by the first receive() and stays armed (multishot). A waiting receiver gets the pool's
// chunk itself; what comes while nobody waits is copied into a backlog, which the next receive()
// returns whole. Past kBacklogBytesMax receiving pauses, so that the kernel pushes back. What a
// send needs lives as long as the send: most streams are at rest. Owned by its connection; the
// reactor's thread.
#pragma once

#include <coroutine>
#include <memory>
#include <string>

#include "reactor/byte_stream.h"
#include "reactor/operation.h"
#include "reactor/reactor.h"

namespace ringtalk::reactor {

class TcpStream final : public ByteStream {
 public:
  /// Bytes that may wait unread before receiving pauses. What the kernel had already handed over
  /// when it was asked to pause comes on top.
  static constexpr std::size_t kBacklogBytesMax = 64 * 1024;

  TcpStream(Reactor& reactor, int descriptor);
  ~TcpStream() override;

  [[nodiscard]] bool has_received() const override;
  void wait_received(ReceiveWaiter& waiter, Deadline deadline) override;
  [[nodiscard]] Result<Chunk> take_received() override;
  void start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) override;
  void shutdown_send() override;
  void abort() override;
  [[nodiscard]] Task<void> close() override;
  [[nodiscard]] std::string peer_address() const override;

 private:
  class Receive final : public ReceiveOperation {
   public:
    explicit Receive(TcpStream& stream) : stream_(stream) {}
    void on_completion(Completion& completion) override { stream_.on_received(completion); }

   private:
    TcpStream& stream_;
  };
  struct Send;  // one that is under way
  class ReceiveTimer final : public Timer {
   public:
    explicit ReceiveTimer(TcpStream& stream) : stream_(stream) {}

   private:
    void expired() override { stream_.on_receive_timeout(); }
    TcpStream& stream_;
  };

  void arm_receive();
  void on_received(Completion& completion);
  void keep_bytes(Completion& completion);
  void on_receive_timeout();
  void on_sent(const Completion& completion);
  void tell_receiver();
  void resume_closer();
  [[nodiscard]] bool is_busy() const { return receive_.in_flight() || send_ != nullptr; }

  Reactor& reactor_;
  int descriptor_;
  Receive receive_;
  ReceiveTimer receive_timer_;
  ReceiveWaiter* receiver_ = nullptr;
  std::unique_ptr<Send> send_;
  std::coroutine_handle<> closer_;
  Chunk chunk_;                           // for the receiver that is about to be told
  std::unique_ptr<std::string> backlog_;  // came while nobody waited
  int receive_os_error_ = 0;              // what ended receiving
  bool peer_finished_ = false;
  bool receive_timed_out_ = false;
  bool pausing_ = false;  // the receive in flight was cancelled to make the peer wait
  bool aborted_ = false;
};

}  // namespace ringtalk::reactor
