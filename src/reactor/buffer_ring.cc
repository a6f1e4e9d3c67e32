#include "reactor/buffer_ring.h"

#include <sys/mman.h>

#include <cerrno>

#include "reactor/kernel_backend.h"

namespace ringtalk::reactor {
namespace {

static_assert((kReceiveBuffers & (kReceiveBuffers - 1)) == 0, "the ring's mask needs a power of 2");
static_assert(offsetof(io_uring_buf_ring, bufs) == 0, "liburing's header does not fit C++");

constexpr int kMask = kReceiveBuffers - 1;
// Whole buffers, so that the buffers behind them begin on a page as well.
constexpr std::size_t kEntriesBytes =
    (kReceiveBuffers * sizeof(io_uring_buf) + kReceiveBufferBytes - 1) / kReceiveBufferBytes *
    kReceiveBufferBytes;
constexpr std::size_t kMemoryBytes = kEntriesBytes + kReceiveBuffers * kReceiveBufferBytes;

}  // namespace

BufferRing::~BufferRing() {
  RINGTALK_ASSERT(lent_ == 0, "a chunk outlived its pool");
  if (memory_ != nullptr) ::munmap(memory_, kMemoryBytes);
}

// liburing 2.3 has no io_uring_setup_buf_ring yet: the same by hand.
Result<void> BufferRing::open(io_uring& ring) {
  void* memory =
      ::mmap(nullptr, kMemoryBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return std::unexpected(system_error(errno, "mmap of buffers"));
  memory_ = memory;
  entries_ = static_cast<io_uring_buf_ring*>(memory);

  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
  registration.ring_entries = kReceiveBuffers;
  registration.bgid = kGroup;
  const int result = io_uring_register_buf_ring(&ring, &registration, 0);
  if (result < 0) return std::unexpected(system_error(-result, "io_uring_register_buf_ring"));

  io_uring_buf_ring_init(entries_);
  for (std::uint32_t buffer = 0; buffer < kReceiveBuffers; ++buffer) provide(buffer);
  return {};
}

std::size_t BufferRing::free_buffers() const {
  return kReceiveBuffers - lent_;
}

Chunk BufferRing::lend(std::uint32_t buffer, std::size_t byte_count) {
  ++lent_;
  return Chunk(*this, buffer, {bytes_of(buffer), byte_count});
}

void BufferRing::recycle(std::uint32_t buffer) noexcept {
  --lent_;
  provide(buffer);
}

void BufferRing::provide(std::uint32_t buffer) noexcept {
  io_uring_buf_ring_add(entries_, bytes_of(buffer), kReceiveBufferBytes,
                        static_cast<unsigned short>(buffer), kMask, 0);
  io_uring_buf_ring_advance(entries_, 1);
}

std::byte* BufferRing::bytes_of(std::uint32_t buffer) const {
  return static_cast<std::byte*>(memory_) + kEntriesBytes + buffer * kReceiveBufferBytes;
}

}  // namespace ringtalk::reactor
