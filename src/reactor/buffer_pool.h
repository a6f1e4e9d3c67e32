// BufferPool: the receive buffers of an EpollBackend, kReceiveBuffers of kReceiveBufferBytes each.
// The buffer given back last is taken first, so a quiet server touches few pages. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "reactor/chunk.h"
#include "reactor/pinned.h"

namespace ringtalk::reactor {

class BufferPool final : public ChunkPool, Pinned {
 public:
  BufferPool();
  /// All buffers have been given back before.
  ~BufferPool();

  [[nodiscard]] std::size_t free_buffers() const { return free_.size(); }

  /// A free buffer's number; there must be one. It comes back by recycle(), or by its chunk.
  [[nodiscard]] std::uint32_t take();
  [[nodiscard]] std::span<std::byte> bytes_of(std::uint32_t buffer) const;
  /// The first `byte_count` bytes of a taken buffer, on their way to who reads them.
  [[nodiscard]] Chunk lend(std::uint32_t buffer, std::size_t byte_count);
  void recycle(std::uint32_t buffer) noexcept override;

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::vector<std::uint32_t> free_;  // a stack
};

}  // namespace ringtalk::reactor
