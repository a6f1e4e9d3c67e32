// LogRing: one thread's log records on their way to the writing thread: one producer, one consumer,
// bounded, without locks. Shared by the two; whichever lets go last frees it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "reactor/log_record.h"
#include "reactor/pinned.h"

namespace ringtalk::reactor {

class LogRing : Pinned {
 public:
  /// About 600 usual records: a burst of a turn, and little beside a connection table.
  static constexpr std::size_t kBytes = 64 * 1024;

  // The producer's side.
  /// False when it has no room: the record is dropped, and counted.
  bool push(std::span<const std::byte> record) {
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const auto length = static_cast<Length>(record.size());
    const std::size_t used = head - tail_.load(std::memory_order_acquire);
    if (used + sizeof length + record.size() > kBytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    copy_in(head, std::as_bytes(std::span(&length, 1)));
    copy_in(head + sizeof length, record);
    // Sequentially consistent, as the reading in has_records(): see Logger's sleep.
    head_.store(head + sizeof length + record.size(), std::memory_order_seq_cst);
    return true;
  }
  [[nodiscard]] bool is_half_full() const {
    return head_.load(std::memory_order_relaxed) - tail_.load(std::memory_order_relaxed) >
           kBytes / 2;
  }
  void abandon() { abandoned_.store(true, std::memory_order_release); }

  // The consumer's side.
  [[nodiscard]] bool has_records() const {
    return head_.load(std::memory_order_seq_cst) != tail_.load(std::memory_order_relaxed);
  }
  bool pop(std::vector<std::byte>& record) {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (head_.load(std::memory_order_acquire) == tail) return false;
    Length length = 0;
    copy_out(tail, std::as_writable_bytes(std::span(&length, 1)));
    record.resize(length);
    copy_out(tail + sizeof length, record);
    tail_.store(tail + sizeof length + length, std::memory_order_release);
    return true;
  }
  /// Its thread has ended: what is in it now is all there will be.
  [[nodiscard]] bool is_abandoned() const { return abandoned_.load(std::memory_order_acquire); }

  /// Records that found no room, ever. Any thread.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  using Length = std::uint32_t;
  static_assert(kLogRecordBytesMax + sizeof(Length) <= kBytes);
  static_assert((kBytes & (kBytes - 1)) == 0, "positions wrap by a mask");

  void copy_in(std::uint64_t at, std::span<const std::byte> bytes) {
    const std::size_t begin = at % kBytes;
    const std::size_t first = std::min(bytes.size(), kBytes - begin);
    std::memcpy(bytes_.data() + begin, bytes.data(), first);
    std::memcpy(bytes_.data(), bytes.data() + first, bytes.size() - first);
  }
  void copy_out(std::uint64_t at, std::span<std::byte> bytes) const {
    const std::size_t begin = at % kBytes;
    const std::size_t first = std::min(bytes.size(), kBytes - begin);
    std::memcpy(bytes.data(), bytes_.data() + begin, first);
    std::memcpy(bytes.data() + first, bytes_.data(), bytes.size() - first);
  }

  std::array<std::byte, kBytes> bytes_;
  alignas(64) std::atomic<std::uint64_t> head_{0};  // bytes ever pushed
  std::atomic<std::uint64_t> dropped_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};  // bytes ever popped
  std::atomic<bool> abandoned_{false};
};

}  // namespace ringtalk::reactor
