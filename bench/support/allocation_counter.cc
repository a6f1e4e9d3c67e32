// The C library lets a program bring its own malloc and keeps the real ones reachable under other
// names. Memory that was given out by either is freed by the C library's own free().
#include "support/allocation_counter.h"

#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

constinit thread_local std::uint64_t allocations = 0;

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  void* const got = memalign(alignment, size);
  if (got == nullptr) return ENOMEM;
  *memory = got;
  return 0;
}

}  // extern "C"

namespace ringtalk::bench {

AllocationCounter::AllocationCounter() : begin_(allocations) {}

std::uint64_t AllocationCounter::count() const {
  return allocations - begin_;
}

void AllocationCounter::report(benchmark::State& state, benchmark::IterationCount messages) const {
  state.counters["allocations"] = static_cast<double>(count()) / static_cast<double>(messages);
}

}  // namespace ringtalk::bench
