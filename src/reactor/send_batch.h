// SendBatch: what leaves a connection in one write: parts in their order, copied together or
// referred to. Batches come from their reactor's SendBatchPool and go back to it, so a connection
// at rest holds none and one that is busy allocates nothing. The reactor's thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reactor/pinned.h"
#include "reactor/shared_bytes.h"

namespace ringtalk::reactor {

class SendBatch : Pinned {
 public:
  /// One write: its timeout is for this much, and IOV_MAX is 1,024.
  static constexpr std::size_t kBytesMax = 1024 * 1024;
  static constexpr std::size_t kPartsMax = 512;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Whether so many more bytes may be added. A single part may be larger than kBytesMax.
  [[nodiscard]] bool has_room(std::size_t bytes) const {
    return parts_.empty() || (bytes_ + bytes <= kBytesMax && parts_.size() < kPartsMax);
  }

  /// Where the next bytes may be written directly; call wrote() with how many they were. The
  /// reference holds until the next call.
  [[nodiscard]] std::string& tail();
  void wrote(std::size_t bytes);

  /// Referred to, unless it is small and others stand before it.
  void push(const SharedBytes& bytes);

  /// All parts as the kernel takes them; valid until the batch is changed.
  [[nodiscard]] std::span<const iovec> seal();

 private:
  friend class SendBatchPool;
  friend class SendQueue;

  struct Part {
    SharedBytes shared;
    std::size_t own_bytes = 0;  // or, if that is empty, so many of own_
  };

  void clear();
  [[nodiscard]] std::size_t idle_bytes() const;

  std::vector<Part> parts_;
  std::string own_;
  std::vector<iovec> views_;
  std::size_t bytes_ = 0;
  std::unique_ptr<SendBatch> next_;  // in the pool, or in the queue that has taken it
};

/// The batches that nobody needs now. Member of a reactor.
class SendBatchPool : Pinned {
 public:
  /// What is kept for the next ones; past it memory goes back to the system.
  static constexpr std::size_t kIdleBytesMax = 8 * 1024 * 1024;

  ~SendBatchPool();

  /// An empty one.
  [[nodiscard]] std::unique_ptr<SendBatch> take();
  void give_back(std::unique_ptr<SendBatch> batch);

  [[nodiscard]] std::size_t idle_bytes() const { return idle_bytes_; }

 private:
  std::unique_ptr<SendBatch> first_;
  std::size_t idle_bytes_ = 0;
};

}  // namespace ringtalk::reactor
