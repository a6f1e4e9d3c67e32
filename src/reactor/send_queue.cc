#include "reactor/send_queue.h"

#include <algorithm>
#include <utility>

namespace ringtalk::reactor {
namespace {

// Below this a copy costs less than another part of the message to the kernel.
constexpr std::size_t kCopyBytesMax = 1024;
// A new part begins where a string would grow past this, so that growing never copies much.
constexpr std::size_t kPartBytesMax = 64 * 1024;
// One write: its timeout is for this much, and IOV_MAX is 1,024.
constexpr std::size_t kWriteBytesMax = 1024 * 1024;
constexpr std::size_t kWritePartsMax = 512;

std::string_view text_of(const std::variant<std::string, SharedBytes>& part) {
  if (const auto* own = std::get_if<std::string>(&part)) return *own;
  return std::get<SharedBytes>(part).text();
}

}  // namespace

SendQueue::SendQueue(Reactor& reactor, ByteStream& stream, Duration send_timeout)
    : reactor_(reactor), stream_(stream), send_timeout_(send_timeout) {}

SendQueue::~SendQueue() {
  RINGTALK_ASSERT(sending_.empty(), "a send queue ended with a write in flight");
  reactor_.forget_before_sleep(*this);
}

std::string& SendQueue::tail() {
  if (!queued_.empty()) {
    auto* own = std::get_if<std::string>(&queued_.back());
    if (own != nullptr && own->size() < kPartBytesMax) return *own;
  }
  return std::get<std::string>(queued_.emplace_back());
}

void SendQueue::wrote(std::size_t bytes) {
  if (failure_) {
    queued_.clear();
    return;
  }
  if (bytes == 0) return;  // what weighs nothing is not waited for
  queued_bytes_ += bytes;
  if (sending_.empty()) reactor_.ask_before_sleep(*this);
}

void SendQueue::push(std::string_view bytes) {
  if (failure_ || bytes.empty()) return;
  tail().append(bytes);
  wrote(bytes.size());
}

void SendQueue::push(const SharedBytes& bytes) {
  if (bytes.size() <= kCopyBytesMax) return push(bytes.text());
  if (failure_) return;
  queued_.emplace_back(bytes);
  wrote(bytes.size());
}

// Asked for only while something is queued and no write is in flight.
void SendQueue::before_sleep() {
  std::size_t count = 0;
  for (const Part& part : queued_) {
    const std::string_view text = text_of(part);
    if (count > 0 && (count == kWritePartsMax || sending_bytes_ + text.size() > kWriteBytesMax)) {
      break;
    }
    sending_bytes_ += text.size();
    ++count;
  }
  if (count == queued_.size()) {
    std::swap(sending_, queued_);
  } else {
    const auto end = queued_.begin() + static_cast<std::ptrdiff_t>(count);
    sending_.assign(std::make_move_iterator(queued_.begin()), std::make_move_iterator(end));
    queued_.erase(queued_.begin(), end);
  }
  queued_bytes_ -= sending_bytes_;
  // The views are taken only now: a short string moves its bytes along.
  for (const Part& part : sending_) {
    const std::string_view text = text_of(part);
    parts_.push_back({const_cast<char*>(text.data()), text.size()});
  }
  stream_.start_send(parts_, reactor_.after(send_timeout_), *this);
}

void SendQueue::sent(Result<void> result) {
  if (result) {
    bytes_sent_ += sending_bytes_;
  } else {
    failure_ = result.error();
    queued_.clear();
    queued_bytes_ = 0;
  }
  sending_bytes_ = 0;
  // A connection at rest holds no memory for what it once sent.
  std::exchange(sending_, {});
  std::exchange(parts_, {});
  if (!queued_.empty()) reactor_.ask_before_sleep(*this);
  std::erase_if(drain_waits_, [this](const DrainWait& wait) {
    if (!failure_ && bytes() > wait.bytes_left) return false;
    reactor_.make_ready(wait.waiter);
    return true;
  });
}

bool SendQueue::DrainAwaiter::await_ready() const {
  return queue_.has_failed() ? queue_.sending_.empty() : queue_.bytes() <= bytes_;
}

void SendQueue::DrainAwaiter::await_suspend(std::coroutine_handle<> waiter) const {
  queue_.drain_waits_.push_back({waiter, bytes_});
}

Result<void> SendQueue::DrainAwaiter::await_resume() const {
  if (queue_.failure_) return std::unexpected(*queue_.failure_);
  return {};
}

}  // namespace ringtalk::reactor
