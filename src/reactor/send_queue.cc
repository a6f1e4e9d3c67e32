#include "reactor/send_queue.h"

#include <utility>

namespace ringtalk::reactor {
namespace {

// The most that is written by way of tail(): a page or batch that the contract cuts at 512 KiB.
constexpr std::size_t kTailBytesMax = 520 * 1024;

}  // namespace

SendQueue::SendQueue(Reactor& reactor, ByteStream& stream, Duration send_timeout)
    : reactor_(reactor), stream_(stream), send_timeout_(send_timeout) {}

SendQueue::~SendQueue() {
  RINGTALK_ASSERT(!sending_, "a send queue ended with a write in flight");
  drop_queued();
  reactor_.forget_before_sleep(*this);
}

SendBatch& SendQueue::batch_for(std::size_t bytes) {
  if (last_queued_ != nullptr && last_queued_->has_room(bytes)) return *last_queued_;
  std::unique_ptr<SendBatch> batch = reactor_.send_batches().take();
  std::unique_ptr<SendBatch>& place = last_queued_ == nullptr ? queued_ : last_queued_->next_;
  last_queued_ = batch.get();
  place = std::move(batch);
  return *last_queued_;
}

// How much will be written is not known: what is large begins a write of its own.
std::string& SendQueue::tail() {
  return batch_for(kTailBytesMax).tail();
}

void SendQueue::wrote(std::size_t bytes) {
  if (bytes == 0) return;  // what weighs nothing is not waited for
  last_queued_->wrote(bytes);
  added(bytes);
}

void SendQueue::push(std::string_view bytes) {
  if (failure_ || bytes.empty()) return;
  SendBatch& batch = batch_for(bytes.size());
  batch.tail().append(bytes);
  batch.wrote(bytes.size());
  added(bytes.size());
}

void SendQueue::push(const SharedBytes& bytes) {
  if (failure_ || bytes.empty()) return;
  batch_for(bytes.size()).push(bytes);
  added(bytes.size());
}

void SendQueue::added(std::size_t bytes) {
  if (failure_) return drop_queued();
  queued_bytes_ += bytes;
  if (!sending_) reactor_.ask_before_sleep(*this);
}

void SendQueue::drop_queued() {
  while (queued_) {
    std::unique_ptr<SendBatch> batch = std::move(queued_);
    queued_ = std::move(batch->next_);
    reactor_.send_batches().give_back(std::move(batch));
  }
  last_queued_ = nullptr;
  queued_bytes_ = 0;
}

// Asked for only while something is queued and no write is in flight.
void SendQueue::before_sleep() {
  sending_ = std::move(queued_);
  queued_ = std::move(sending_->next_);
  if (!queued_) last_queued_ = nullptr;
  queued_bytes_ -= sending_->bytes();
  stream_.start_send(sending_->seal(), reactor_.after(send_timeout_), *this);
}

void SendQueue::sent(Result<void> result) {
  if (result) {
    bytes_sent_ += sending_->bytes();
  } else {
    failure_ = std::make_unique<Error>(result.error());
    drop_queued();
  }
  // A connection at rest holds no memory for what it once sent.
  reactor_.send_batches().give_back(std::move(sending_));
  if (queued_bytes_ > 0) reactor_.ask_before_sleep(*this);
  resume_drained();
}

void SendQueue::resume_drained() {
  for (DrainAwaiter** place = &drain_waits_; *place != nullptr;) {
    DrainAwaiter& wait = **place;
    if (!failure_ && bytes() > wait.bytes_) {
      place = &wait.next_;
      continue;
    }
    *place = wait.next_;
    reactor_.make_ready(wait.waiter_);
  }
}

bool SendQueue::DrainAwaiter::await_ready() const {
  return queue_.has_failed() ? queue_.sending_ == nullptr : queue_.bytes() <= bytes_;
}

void SendQueue::DrainAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  DrainAwaiter** place = &queue_.drain_waits_;
  while (*place != nullptr) place = &(*place)->next_;
  *place = this;
}

Result<void> SendQueue::DrainAwaiter::await_resume() const {
  if (queue_.failure_) return std::unexpected(*queue_.failure_);
  return {};
}

}  // namespace ringtalk::reactor
