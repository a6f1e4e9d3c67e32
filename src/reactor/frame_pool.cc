#include "reactor/frame_pool.h"

#include <array>
#include <new>

namespace ringtalk::reactor {
namespace {

#if __has_feature(address_sanitizer)
#define RINGTALK_FRAME_POOL_OFF 1
#else

constexpr std::size_t kClassBytes = 32;         // what rounding costs each connection at rest
constexpr std::size_t kClassCount = 64;         // frames up to 2 KiB are kept
constexpr std::size_t kKeptPerClassMax = 4096;  // the rest goes back to the heap

struct FreeFrame {
  FreeFrame* next;
};

struct FreeLists {
  std::array<FreeFrame*, kClassCount> heads{};
  std::array<std::size_t, kClassCount> lengths{};

  ~FreeLists() {
    for (FreeFrame* head : heads) {
      while (head != nullptr) {
        FreeFrame* next = head->next;
        ::operator delete(head);
        head = next;
      }
    }
  }
};

thread_local FreeLists free_lists;

constexpr std::size_t class_of(std::size_t size) {
  return (size - 1) / kClassBytes;
}

#endif

}  // namespace

#ifdef RINGTALK_FRAME_POOL_OFF

void* FramePool::allocate(std::size_t size) {
  return ::operator new(size);
}
void FramePool::release(void* frame, std::size_t) noexcept {
  ::operator delete(frame);
}

#else

void* FramePool::allocate(std::size_t size) {
  const std::size_t index = class_of(size);
  if (index >= kClassCount) return ::operator new(size);
  FreeFrame*& head = free_lists.heads[index];
  if (head == nullptr) return ::operator new((index + 1) * kClassBytes);
  FreeFrame* frame = head;
  head = frame->next;
  --free_lists.lengths[index];
  return frame;
}

void FramePool::release(void* frame, std::size_t size) noexcept {
  const std::size_t index = class_of(size);
  if (index >= kClassCount || free_lists.lengths[index] >= kKeptPerClassMax) {
    ::operator delete(frame);
    return;
  }
  auto* kept = static_cast<FreeFrame*>(frame);
  kept->next = free_lists.heads[index];
  free_lists.heads[index] = kept;
  ++free_lists.lengths[index];
}

#endif

}  // namespace ringtalk::reactor
