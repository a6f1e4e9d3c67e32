#include "reactor/send_batch.h"

#include <utility>

namespace ringtalk::reactor {
namespace {

// Below this a copy costs less than another part of the message to the kernel.
constexpr std::size_t kCopyBytesMax = 1024;

// What a batch may keep of its memory while it rests: an ordinary turn's answers.
constexpr std::size_t kIdleBytesOfOneMax = 16 * 1024;
constexpr std::size_t kIdlePartsMax = 32;

}  // namespace

std::string& SendBatch::tail() {
  // A frame that many share stands alone most of the time, and then need not be copied.
  const bool is_small_and_alone = parts_.size() == 1 && !parts_.front().shared.empty() &&
                                  parts_.front().shared.size() <= kCopyBytesMax;
  if (is_small_and_alone) {
    own_.append(parts_.front().shared.text());
    parts_.front() = {.own_bytes = own_.size()};
  }
  return own_;
}

void SendBatch::wrote(std::size_t bytes) {
  if (parts_.empty() || !parts_.back().shared.empty()) parts_.emplace_back();
  parts_.back().own_bytes += bytes;
  bytes_ += bytes;
}

void SendBatch::push(const SharedBytes& bytes) {
  if (!parts_.empty() && bytes.size() <= kCopyBytesMax) {
    tail().append(bytes.text());
    return wrote(bytes.size());
  }
  parts_.push_back({.shared = bytes});
  bytes_ += bytes.size();
}

std::span<const iovec> SendBatch::seal() {
  views_.clear();
  const char* own = own_.data();
  for (const Part& part : parts_) {
    const std::string_view text =
        part.shared.empty() ? std::string_view(own, part.own_bytes) : part.shared.text();
    if (part.shared.empty()) own += part.own_bytes;
    views_.push_back({const_cast<char*>(text.data()), text.size()});
  }
  return views_;
}

void SendBatch::clear() {
  parts_.clear();
  own_.clear();
  views_.clear();
  bytes_ = 0;
  if (own_.capacity() > kIdleBytesOfOneMax) own_.shrink_to_fit();
  if (parts_.capacity() > kIdlePartsMax) parts_.shrink_to_fit();
  if (views_.capacity() > kIdlePartsMax) views_.shrink_to_fit();
}

std::size_t SendBatch::idle_bytes() const {
  return sizeof *this + own_.capacity() + parts_.capacity() * sizeof(Part) +
         views_.capacity() * sizeof(iovec);
}

// One after the other: as a chain of destructors a long list would fill the stack.
SendBatchPool::~SendBatchPool() {
  while (first_) first_ = std::move(first_->next_);
}

std::unique_ptr<SendBatch> SendBatchPool::take() {
  if (!first_) return std::make_unique<SendBatch>();
  std::unique_ptr<SendBatch> batch = std::move(first_);
  first_ = std::move(batch->next_);
  idle_bytes_ -= batch->idle_bytes();
  return batch;
}

void SendBatchPool::give_back(std::unique_ptr<SendBatch> batch) {
  batch->clear();
  const std::size_t bytes = batch->idle_bytes();
  if (idle_bytes_ + bytes > kIdleBytesMax) return;
  idle_bytes_ += bytes;
  batch->next_ = std::move(first_);
  first_ = std::move(batch);
}

}  // namespace ringtalk::reactor
