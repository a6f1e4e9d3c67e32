#include "reactor/buffer_pool.h"

#include "reactor/kernel_backend.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

// The memory is not touched here: the kernel gives pages as they are used.
BufferPool::BufferPool()
    : memory_(std::make_unique_for_overwrite<std::byte[]>(kReceiveBuffers * kReceiveBufferBytes)) {
  free_.reserve(kReceiveBuffers);
  for (std::size_t i = kReceiveBuffers; i > 0; --i) {
    free_.push_back(static_cast<std::uint32_t>(i - 1));
  }
}

BufferPool::~BufferPool() {
  RINGTALK_ASSERT(free_.size() == kReceiveBuffers, "a chunk outlived its pool");
}

std::uint32_t BufferPool::take() {
  RINGTALK_ASSERT(!free_.empty(), "a buffer was taken from an empty pool");
  const std::uint32_t buffer = free_.back();
  free_.pop_back();
  return buffer;
}

std::span<std::byte> BufferPool::bytes_of(std::uint32_t buffer) const {
  return {memory_.get() + buffer * kReceiveBufferBytes, kReceiveBufferBytes};
}

Chunk BufferPool::lend(std::uint32_t buffer, std::size_t byte_count) {
  return Chunk(*this, buffer, bytes_of(buffer).first(byte_count));
}

void BufferPool::recycle(std::uint32_t buffer) noexcept {
  free_.push_back(buffer);
}

}  // namespace ringtalk::reactor
