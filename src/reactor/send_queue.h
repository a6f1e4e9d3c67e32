// SendQueue: what a connection has to say, gathered during a turn and sent in one write before the
// loop sleeps, one write in flight. Small pieces are copied together; large shared ones, and a
// shared one that stands alone, are only referred to. Member of a connection, beside its stream;
// the reactor's thread. Bytes that wait are counted, so that the owner can hold back, or give up,
// on a peer that reads too slowly.
#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "reactor/byte_stream.h"
#include "reactor/reactor.h"
#include "reactor/send_batch.h"
#include "reactor/shared_bytes.h"

namespace ringtalk::reactor {

class SendQueue final : BeforeSleep, ByteStream::SendWaiter {
 public:
  /// `send_timeout`: how long the peer may take for one write of at most
  /// SendBatch::kBytesMax.
  SendQueue(Reactor& reactor, ByteStream& stream, Duration send_timeout);
  ~SendQueue() override;

  /// Where the next bytes may be written directly; call wrote() with how many they were. The
  /// reference holds until the next push or suspension.
  [[nodiscard]] std::string& tail();
  void wrote(std::size_t bytes);

  void push(std::string_view bytes);    // copied
  void push(const SharedBytes& bytes);  // referred to, unless copying is cheaper

  /// Queued or in flight.
  [[nodiscard]] std::size_t bytes() const {
    return queued_bytes_ + (sending_ ? sending_->bytes() : 0);
  }
  /// Set once a send has failed: the stream is shut down, whatever is pushed is dropped.
  [[nodiscard]] bool has_failed() const { return failure_ != nullptr; }

  /// `co_await queue.drained(n)`: until at most n bytes wait, or the sending has failed (an error).
  class DrainAwaiter {
   public:
    DrainAwaiter(SendQueue& queue, std::size_t bytes) : queue_(queue), bytes_(bytes) {}
    [[nodiscard]] bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waiter);
    [[nodiscard]] Result<void> await_resume() const;

   private:
    friend class SendQueue;
    SendQueue& queue_;
    std::size_t bytes_;
    std::coroutine_handle<> waiter_;
    DrainAwaiter* next_ = nullptr;  // of those that wait
  };
  [[nodiscard]] DrainAwaiter drained(std::size_t bytes_left = 0) { return {*this, bytes_left}; }

  /// All bytes that ever left, for /metrics.
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  /// The batch that takes the next `bytes`.
  [[nodiscard]] SendBatch& batch_for(std::size_t bytes);
  void added(std::size_t bytes);
  void drop_queued();
  void before_sleep() override;
  void sent(Result<void> result) override;
  void resume_drained();

  Reactor& reactor_;
  ByteStream& stream_;
  const Duration send_timeout_;
  std::unique_ptr<SendBatch> queued_;  // the first of a list; the next write
  SendBatch* last_queued_ = nullptr;
  std::unique_ptr<SendBatch> sending_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::unique_ptr<Error> failure_;
  DrainAwaiter* drain_waits_ = nullptr;  // a list, in the order in which they came
};

}  // namespace ringtalk::reactor
