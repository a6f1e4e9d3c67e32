// Memory of coroutine frames: a free list per thread and size class, so that a connection's daily
// work allocates nothing. Frames are given back on the thread that took them (tasks never change
// threads). Under AddressSanitizer the pool steps aside, so that a dangling frame is still found.
#pragma once

#include <cstddef>

namespace ringtalk::reactor {

struct FramePool {
  /// Never null: out of memory ends the process.
  [[nodiscard]] static void* allocate(std::size_t size);
  static void release(void* frame, std::size_t size) noexcept;
};

}  // namespace ringtalk::reactor
