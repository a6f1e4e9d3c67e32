// MemoryStream: a ByteStream without a kernel, for tests of what lives on streams. Two of them are
// joined on one reactor: what one sends the other receives, through a bounded buffer, so that a
// sender meets back-pressure. Same rules as TcpStream; always resumed from the loop.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "reactor/byte_stream.h"
#include "reactor/reactor.h"

namespace ringtalk::reactor {

struct MemoryStreamOptions {
  std::size_t buffer_bytes_max = 64 * 1024;  // unread in one direction; a sender waits past it
  std::size_t chunk_bytes_max = 16 * 1024;   // of one receive: 1 feeds a parser byte by byte
  std::string peer_address;
};

class MemoryStream final : public ByteStream {
 public:
  MemoryStream(Reactor& reactor, MemoryStreamOptions options);
  ~MemoryStream() override;
  /// Once, before use; see make_memory_pair().
  static void join(MemoryStream& one, MemoryStream& other);

  [[nodiscard]] bool has_received() const override;
  void wait_received(ReceiveWaiter& waiter, Deadline deadline) override;
  [[nodiscard]] Result<Chunk> take_received() override;
  void start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) override;
  void shutdown_send() override;
  void abort() override;
  [[nodiscard]] Task<void> close() override;
  [[nodiscard]] std::string peer_address() const override { return options_.peer_address; }

  /// Received and not yet taken.
  [[nodiscard]] std::size_t unread_bytes() const { return incoming_.size(); }

 private:
  // Runs a member function from the loop: at a deadline, or at the next chance.
  class Call final : public Timer {
   public:
    using Function = void (MemoryStream::*)();
    Call(MemoryStream& stream, Function function) : stream_(stream), function_(function) {}
    void at(Deadline deadline) { stream_.reactor_.timers().schedule(*this, deadline); }
    void soon() { at(Deadline::min()); }

   private:
    void expired() override { (stream_.*function_)(); }
    MemoryStream& stream_;
    Function function_;
  };

  void continue_sending();
  [[nodiscard]] bool move_bytes();
  void finish_send(Result<void> result);
  void send_timed_out();
  void receive_timed_out();
  void wake_receiver();
  void tell_receiver();
  void end_incoming();

  Reactor& reactor_;
  const MemoryStreamOptions options_;
  MemoryStream* peer_ = nullptr;
  bool aborted_ = false;
  bool closed_ = false;

  std::string incoming_;
  bool incoming_ended_ = false;
  ReceiveWaiter* receiver_ = nullptr;
  bool timed_out_ = false;
  Call receive_timer_;
  Call receiving_;

  std::span<const iovec> parts_;  // of the send under way, from the first unsent one
  std::size_t part_sent_ = 0;     // bytes of parts_[0]
  SendWaiter* send_waiter_ = nullptr;
  bool send_shut_ = false;
  Call send_timer_;
  Call sending_;
};

struct MemoryPair {
  std::unique_ptr<MemoryStream> one;
  std::unique_ptr<MemoryStream> other;
};
[[nodiscard]] MemoryPair make_memory_pair(Reactor& reactor, MemoryStreamOptions options = {});

}  // namespace ringtalk::reactor
