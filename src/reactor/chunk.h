// Chunk: bytes that were received, borrowed from the reactor's buffer pool (or owned, when they
// had to wait). Move-only; its destructor gives the buffer back. Use it and let it go before the
// next suspension: a pool buffer that waits for a database is one that all connections lack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace ringtalk::reactor {

/// Takes a pool buffer back. Implemented by the backends; called on the reactor's thread.
class ChunkPool {
 public:
  virtual void recycle(std::uint32_t buffer) noexcept = 0;

 protected:
  ~ChunkPool() = default;
};

class Chunk {
 public:
  Chunk() = default;

  /// Borrowed: `bytes` lie in buffer number `buffer` of `pool`.
  Chunk(ChunkPool& pool, std::uint32_t buffer, std::span<std::byte> bytes)
      : bytes_(bytes), pool_(&pool), buffer_(buffer) {}

  /// Owned: a copy that may wait as long as it likes.
  [[nodiscard]] static Chunk copy_of(std::span<const std::byte> bytes) {
    Chunk chunk;
    if (bytes.empty()) return chunk;
    chunk.owned_ = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
    std::memcpy(chunk.owned_.get(), bytes.data(), bytes.size());
    chunk.bytes_ = {chunk.owned_.get(), bytes.size()};
    return chunk;
  }

  Chunk(Chunk&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})),
        pool_(std::exchange(other.pool_, nullptr)),
        owned_(std::move(other.owned_)),
        buffer_(other.buffer_) {}
  Chunk& operator=(Chunk&& other) noexcept {
    if (this == &other) return *this;
    release();
    bytes_ = std::exchange(other.bytes_, {});
    pool_ = std::exchange(other.pool_, nullptr);
    owned_ = std::move(other.owned_);
    buffer_ = other.buffer_;
    return *this;
  }
  ~Chunk() { release(); }

  /// Writable: codecs unmask in place.
  [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] bool is_borrowed() const { return pool_ != nullptr; }

  void release() noexcept {
    if (pool_ != nullptr) std::exchange(pool_, nullptr)->recycle(buffer_);
    owned_.reset();
    bytes_ = {};
  }

 private:
  std::span<std::byte> bytes_;
  ChunkPool* pool_ = nullptr;
  std::unique_ptr<std::byte[]> owned_;
  std::uint32_t buffer_ = 0;
};

}  // namespace ringtalk::reactor
