// ByteStream: an ordered, reliable stream of bytes in both directions: TcpStream, later a TLS one,
// and MemoryStream for tests. Owned by its connection; one thread; one receive and one send at a
// time. Both are awaiters, not coroutines, so that a connection at rest costs no frame for them.
#pragma once

#include <sys/uio.h>

#include <coroutine>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reactor/chunk.h"
#include "reactor/clock.h"
#include "reactor/pinned.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

class ByteStream : Pinned {
 public:
  virtual ~ByteStream() = default;

  /// The next bytes; an empty chunk when the peer has finished sending. kTimedOut leaves the stream
  /// usable; other errors are final.
  class ReceiveAwaiter;
  [[nodiscard]] ReceiveAwaiter receive(Deadline deadline = kNever);

  // The same in steps, for who has no coroutine to wait in: take_received() when has_received(),
  // else wait_received() first.

  /// Told once, from the loop, when there is something to take.
  class ReceiveWaiter {
   public:
    virtual void received() = 0;

   protected:
    ~ReceiveWaiter() = default;
  };
  [[nodiscard]] virtual bool has_received() const = 0;
  virtual void wait_received(ReceiveWaiter& waiter, Deadline deadline) = 0;
  [[nodiscard]] virtual Result<Chunk> take_received() = 0;

  /// Told once, from the loop, when a send has ended.
  class SendWaiter {
   public:
    virtual void sent(Result<void> result) = 0;

   protected:
    ~SendWaiter() = default;
  };
  /// Sends all parts in order. `parts` and their bytes live until `waiter` is told. An error, also
  /// kTimedOut, is final: the stream is shut down.
  virtual void start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) = 0;

  class SendAwaiter final : SendWaiter {
   public:
    SendAwaiter(ByteStream& stream, std::string_view bytes, Deadline deadline)
        : stream_(stream),
          part_{const_cast<char*>(bytes.data()), bytes.size()},
          deadline_(deadline) {}
    [[nodiscard]] bool await_ready() const { return part_.iov_len == 0; }
    void await_suspend(std::coroutine_handle<> sender) {
      sender_ = sender;
      stream_.start_send({&part_, 1}, deadline_, *this);
    }
    [[nodiscard]] Result<void> await_resume() { return std::move(result_); }

   private:
    void sent(Result<void> result) override {
      result_ = std::move(result);
      sender_.resume();
    }
    ByteStream& stream_;
    iovec part_;
    Deadline deadline_;
    std::coroutine_handle<> sender_;
    Result<void> result_;
  };
  /// `co_await stream.send(bytes)`: the bytes live until it returns.
  [[nodiscard]] SendAwaiter send(std::string_view bytes, Deadline deadline = kNever) {
    return {*this, bytes, deadline};
  }

  /// We send no more; the peer reads an end. Receiving goes on.
  virtual void shutdown_send() = 0;
  /// Ends both directions now: what waits completes with kClosed. May be called more than once.
  virtual void abort() = 0;
  /// abort(), then waits until the kernel has given everything back, then releases. Must be
  /// awaited before the stream is destroyed; nobody else may be waiting on the stream then.
  [[nodiscard]] virtual Task<void> close() = 0;

  /// "127.0.0.1", for logs and limits; empty when there is none.
  [[nodiscard]] virtual std::string peer_address() const = 0;
};

class ByteStream::ReceiveAwaiter final : ReceiveWaiter {
 public:
  ReceiveAwaiter(ByteStream& stream, Deadline deadline) : stream_(stream), deadline_(deadline) {}
  [[nodiscard]] bool await_ready() const { return stream_.has_received(); }
  void await_suspend(std::coroutine_handle<> receiver) {
    receiver_ = receiver;
    stream_.wait_received(*this, deadline_);
  }
  [[nodiscard]] Result<Chunk> await_resume() { return stream_.take_received(); }

 private:
  void received() override { receiver_.resume(); }
  ByteStream& stream_;
  Deadline deadline_;
  std::coroutine_handle<> receiver_;
};

inline ByteStream::ReceiveAwaiter ByteStream::receive(Deadline deadline) {
  return {*this, deadline};
}

}  // namespace ringtalk::reactor
