#include "reactor/memory_stream.h"

#include <algorithm>

namespace ringtalk::reactor {

MemoryStream::MemoryStream(Reactor& reactor, MemoryStreamOptions options)
    : reactor_(reactor),
      options_(std::move(options)),
      receive_timer_(*this, &MemoryStream::receive_timed_out),
      receiving_(*this, &MemoryStream::tell_receiver),
      send_timer_(*this, &MemoryStream::send_timed_out),
      sending_(*this, &MemoryStream::continue_sending) {
  RINGTALK_ASSERT(options_.buffer_bytes_max > 0 && options_.chunk_bytes_max > 0,
                  "a memory stream without room would never move");
}

MemoryStream::~MemoryStream() {
  RINGTALK_ASSERT(closed_, "a stream ended without close()");
}

void MemoryStream::join(MemoryStream& one, MemoryStream& other) {
  RINGTALK_ASSERT(one.peer_ == nullptr && other.peer_ == nullptr, "a stream was joined twice");
  one.peer_ = &other;
  other.peer_ = &one;
}

MemoryPair make_memory_pair(Reactor& reactor, MemoryStreamOptions options) {
  MemoryPair pair{.one = std::make_unique<MemoryStream>(reactor, options),
                  .other = std::make_unique<MemoryStream>(reactor, options)};
  MemoryStream::join(*pair.one, *pair.other);
  return pair;
}

// --- receiving ---

bool MemoryStream::has_received() const {
  return aborted_ || !incoming_.empty() || incoming_ended_;
}

void MemoryStream::wait_received(ReceiveWaiter& waiter, Deadline deadline) {
  RINGTALK_ASSERT(receiver_ == nullptr, "one receive at a time");
  receiver_ = &waiter;
  timed_out_ = false;
  receive_timer_.at(deadline);
}

Result<Chunk> MemoryStream::take_received() {
  if (aborted_) return fail(ErrorKind::kClosed, "the stream was closed");
  if (!incoming_.empty()) {
    const std::size_t size = std::min(incoming_.size(), options_.chunk_bytes_max);
    Chunk chunk = Chunk::copy_of(std::as_bytes(std::span(incoming_.data(), size)));
    incoming_.erase(0, size);
    if (peer_ != nullptr && peer_->send_waiter_ != nullptr) peer_->sending_.soon();
    return chunk;
  }
  if (incoming_ended_) return Chunk();
  RINGTALK_ASSERT(timed_out_, "a receiver was resumed without a reason");
  return fail(ErrorKind::kTimedOut, "nothing was received in time");
}

void MemoryStream::receive_timed_out() {
  timed_out_ = true;
  tell_receiver();
}

void MemoryStream::wake_receiver() {
  if (receiver_ != nullptr) receiving_.soon();
}

void MemoryStream::tell_receiver() {
  receive_timer_.cancel();
  receiving_.cancel();
  std::exchange(receiver_, nullptr)->received();
}

void MemoryStream::end_incoming() {
  incoming_ended_ = true;
  wake_receiver();
}

// --- sending ---

void MemoryStream::start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) {
  RINGTALK_ASSERT(send_waiter_ == nullptr, "one send at a time");
  parts_ = parts;
  part_sent_ = 0;
  send_waiter_ = &waiter;
  send_timer_.at(deadline);
  sending_.soon();
}

void MemoryStream::continue_sending() {
  if (send_waiter_ == nullptr) return;
  if (aborted_ || send_shut_ || peer_ == nullptr || peer_->aborted_) {
    return finish_send(fail(ErrorKind::kClosed, "the stream was closed"));
  }
  if (move_bytes()) finish_send({});
}

// As much as the peer's buffer takes; true when all is sent.
bool MemoryStream::move_bytes() {
  while (!parts_.empty()) {
    const iovec& part = parts_.front();
    const std::size_t room = options_.buffer_bytes_max - peer_->incoming_.size();
    const std::size_t size = std::min(part.iov_len - part_sent_, room);
    peer_->incoming_.append(static_cast<const char*>(part.iov_base) + part_sent_, size);
    if (size > 0) peer_->wake_receiver();
    part_sent_ += size;
    if (part_sent_ < part.iov_len) return false;
    parts_ = parts_.subspan(1);
    part_sent_ = 0;
  }
  return true;
}

// The waiter may start the next send from inside: all is put in order before it is told.
void MemoryStream::finish_send(Result<void> result) {
  if (!result) abort();
  send_timer_.cancel();
  sending_.cancel();
  parts_ = {};
  std::exchange(send_waiter_, nullptr)->sent(std::move(result));
}

void MemoryStream::send_timed_out() {
  finish_send(fail(ErrorKind::kTimedOut, "the peer took too long to read"));
}

void MemoryStream::shutdown_send() {
  send_shut_ = true;
  if (send_waiter_ != nullptr) sending_.soon();
  if (peer_ != nullptr) peer_->end_incoming();
}

// --- closing ---

void MemoryStream::abort() {
  if (aborted_) return;
  aborted_ = true;
  incoming_.clear();
  wake_receiver();
  if (send_waiter_ != nullptr) sending_.soon();
  if (peer_ == nullptr) return;
  peer_->end_incoming();
  if (peer_->send_waiter_ != nullptr) peer_->sending_.soon();
}

Task<void> MemoryStream::close() {
  RINGTALK_ASSERT(receiver_ == nullptr, "a stream is closed while somebody receives");
  if (closed_) co_return;
  abort();
  while (send_waiter_ != nullptr) co_await reactor_.yield();
  if (peer_ != nullptr) peer_->peer_ = nullptr;
  peer_ = nullptr;
  closed_ = true;
}

}  // namespace ringtalk::reactor
