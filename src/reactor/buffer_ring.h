// BufferRing: the receive buffers of a UringBackend, provided to the kernel through a ring that
// both share (io_uring_register_buf_ring), so that an idle connection holds no buffer. The kernel
// picks a buffer only when bytes have come. kReceiveBuffers of kReceiveBufferBytes. One thread.
#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>

#include "reactor/chunk.h"
#include "reactor/pinned.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

class BufferRing final : public ChunkPool, Pinned {
 public:
  /// What a receive names in `buf_group`.
  static constexpr std::uint16_t kGroup = 1;

  BufferRing() = default;
  /// All chunks have been released and the io_uring that it was opened for is gone.
  ~BufferRing();

  /// Registers with `ring` and provides all buffers.
  [[nodiscard]] Result<void> open(io_uring& ring);

  /// Free as far as we know: what the kernel has filled but not yet told counts as free.
  [[nodiscard]] std::size_t free_buffers() const;

  /// The chunk that a completion speaks of.
  [[nodiscard]] Chunk lend(std::uint32_t buffer, std::size_t byte_count);
  void recycle(std::uint32_t buffer) noexcept override;

 private:
  void provide(std::uint32_t buffer) noexcept;
  [[nodiscard]] std::byte* bytes_of(std::uint32_t buffer) const;

  void* memory_ = nullptr;  // the ring's own pages, then the buffers
  io_uring_buf_ring* entries_ = nullptr;
  std::size_t lent_ = 0;
};

}  // namespace ringtalk::reactor
