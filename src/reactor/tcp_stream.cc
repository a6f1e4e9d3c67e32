#include "reactor/tcp_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

#include "reactor/frame_pool.h"

namespace ringtalk::reactor {
namespace {

std::size_t total_bytes(const iovec* parts, std::size_t count) {
  return std::accumulate(parts, parts + count, std::size_t{0},
                         [](std::size_t sum, const iovec& part) { return sum + part.iov_len; });
}

Error closed_by_us() {
  return Error{.kind = ErrorKind::kClosed, .detail = "the stream was closed"};
}

// Whatever stopped receiving is final. The kernel's ETIMEDOUT (the peer is gone without a word)
// must not look like a deadline of ours, which leaves the stream usable.
Error ended_by(int os_error) {
  Error error = system_error(os_error, "receive");
  if (error.kind == ErrorKind::kTimedOut) error.kind = ErrorKind::kClosed;
  return error;
}

}  // namespace

struct TcpStream::Send final : SendOperation, Timer {
  Send(TcpStream& owner, SendWaiter& told) : stream(owner), waiter(told) {}
  // One after the other, on many streams: from the pool of frames, as for a coroutine that sends.
  static void* operator new(std::size_t size) { return FramePool::allocate(size); }
  static void operator delete(void* send, std::size_t size) noexcept {
    FramePool::release(send, size);
  }
  void on_completion(Completion& completion) override { stream.on_sent(completion); }
  void expired() override {
    has_timed_out = true;
    stream.reactor_.backend().cancel(*this);
  }

  TcpStream& stream;
  SendWaiter& waiter;
  bool has_timed_out = false;
};

TcpStream::TcpStream(Reactor& reactor, int descriptor)
    : reactor_(reactor), descriptor_(descriptor), receive_(*this), receive_timer_(*this) {
  receive_.descriptor = descriptor;
}

TcpStream::~TcpStream() {
  RINGTALK_ASSERT(descriptor_ < 0, "a stream ended without close()");
}

// --- receiving ---

bool TcpStream::has_received() const {
  return aborted_ || !chunk_.empty() || backlog_ != nullptr || peer_finished_ ||
         receive_os_error_ != 0;
}

void TcpStream::wait_received(ReceiveWaiter& waiter, Deadline deadline) {
  RINGTALK_ASSERT(receiver_ == nullptr, "one receive at a time");
  receiver_ = &waiter;
  receive_timed_out_ = false;
  if (deadline != kNever) reactor_.timers().schedule(receive_timer_, deadline);
  arm_receive();
}

Result<Chunk> TcpStream::take_received() {
  if (aborted_) return std::unexpected(closed_by_us());
  if (!chunk_.empty()) return std::move(chunk_);
  if (backlog_) {
    const std::unique_ptr<std::string> bytes = std::move(backlog_);
    return Chunk::copy_of(std::as_bytes(std::span(*bytes)));
  }
  if (peer_finished_) return Chunk();
  if (receive_os_error_ != 0) return std::unexpected(ended_by(receive_os_error_));
  RINGTALK_ASSERT(receive_timed_out_, "a receiver was told without a reason");
  return fail(ErrorKind::kTimedOut, "nothing was received in time");
}

void TcpStream::arm_receive() {
  // Still in flight: armed, or about to be told of the pause, after which it is armed again.
  if (receive_.in_flight()) return;
  pausing_ = false;
  reactor_.backend().receive(receive_);
}

void TcpStream::on_received(Completion& completion) {
  if (aborted_) {
    completion.chunk.release();
  } else if (completion.result > 0) {
    keep_bytes(completion);
  } else if (completion.result == 0) {
    peer_finished_ = true;
  } else if (completion.result == -ECANCELED && pausing_) {
    if (receiver_ != nullptr) arm_receive();  // it caught up while the pause was on its way
  } else {
    receive_os_error_ = -completion.result;
  }
  if (closer_) {
    resume_closer();
  } else if (has_received()) {
    tell_receiver();  // which may end this stream: the last thing done here
  }
}

void TcpStream::keep_bytes(Completion& completion) {
  if (receiver_ != nullptr) {
    chunk_ = std::move(completion.chunk);
    return;
  }
  if (!backlog_) backlog_ = std::make_unique<std::string>();
  *backlog_ += completion.chunk.text();  // a copy, so that the pool has its buffer
  completion.chunk.release();
  if (backlog_->size() > kBacklogBytesMax && completion.more && !pausing_) {
    pausing_ = true;
    reactor_.backend().cancel(receive_);
  }
}

void TcpStream::on_receive_timeout() {
  receive_timed_out_ = true;
  tell_receiver();
}

void TcpStream::tell_receiver() {
  if (receiver_ == nullptr) return;
  receive_timer_.cancel();
  std::exchange(receiver_, nullptr)->received();
}

// --- sending ---

void TcpStream::start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) {
  RINGTALK_ASSERT(descriptor_ >= 0, "a send on a stream that was closed");
  RINGTALK_ASSERT(send_ == nullptr, "one send at a time");
  send_ = std::make_unique<Send>(*this, waiter);
  send_->descriptor = descriptor_;
  send_->parts = parts.data();
  send_->part_count = parts.size();
  if (deadline != kNever) reactor_.timers().schedule(*send_, deadline);
  // After abort() the kernel answers EPIPE: one way out for all failures.
  reactor_.backend().send(*send_);
}

void TcpStream::on_sent(const Completion& completion) {
  Result<void> result;
  if (send_->has_timed_out) {
    result = fail(ErrorKind::kTimedOut, "the peer took too long to read");
  } else if (completion.result < 0) {
    result = std::unexpected(system_error(-completion.result, "send"));
  } else if (static_cast<std::size_t>(completion.result) !=
             total_bytes(send_->parts, send_->part_count)) {
    result = fail(ErrorKind::kClosed, "the connection ended in the middle of a send");
  }
  if (!result) abort();
  SendWaiter& waiter = send_->waiter;
  send_.reset();
  const bool has_closer = static_cast<bool>(closer_);
  waiter.sent(std::move(result));
  if (has_closer) resume_closer();  // without a closer the waiter may have ended this stream
}

// --- closing ---

void TcpStream::shutdown_send() {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

void TcpStream::abort() {
  if (descriptor_ < 0 || aborted_) return;
  aborted_ = true;
  // Wakes whatever is in flight with an end or EPIPE, on both backends.
  ::shutdown(descriptor_, SHUT_RDWR);
  backlog_.reset();
  // A receiver that waits is told when this has completed.
  reactor_.backend().cancel(receive_);
  if (send_) reactor_.backend().cancel(*send_);
}

Task<void> TcpStream::close() {
  RINGTALK_ASSERT(receiver_ == nullptr, "a stream is closed while somebody receives");
  if (descriptor_ < 0) co_return;
  abort();
  struct Idle {
    TcpStream& stream;
    [[nodiscard]] bool await_ready() const { return !stream.is_busy(); }
    void await_suspend(std::coroutine_handle<> closer) const { stream.closer_ = closer; }
    void await_resume() const {}
  };
  while (is_busy()) co_await Idle{*this};
  ::close(std::exchange(descriptor_, -1));
}

void TcpStream::resume_closer() {
  // Through the ready queue: the completion's caller is still on the stack.
  if (closer_ && !is_busy()) reactor_.make_ready(std::exchange(closer_, nullptr));
}

std::string TcpStream::peer_address() const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  char text[INET6_ADDRSTRLEN] = {};
  const void* source = nullptr;
  if (address.ss_family == AF_INET) {
    source = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  } else if (address.ss_family == AF_INET6) {
    source = &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
  } else {
    return {};
  }
  if (::inet_ntop(address.ss_family, source, text, sizeof text) == nullptr) return {};
  return text;
}

}  // namespace ringtalk::reactor
