// AllocationCounter: how often the memory was asked for (malloc and its kin, so operator new and C
// libraries too) on the calling thread since the counter was made. The hook behind it replaces
// malloc in the whole program; it is linked into the benchmarks alone. A value, for one thread.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace ringtalk::bench {

class AllocationCounter {
 public:
  AllocationCounter();

  /// Calls since it was made; what was freed again counts as well.
  [[nodiscard]] std::uint64_t count() const;

  /// Shows count() / `messages` as the benchmark's `allocations`, on which bench/gates.toml gates.
  void report(benchmark::State& state, benchmark::IterationCount messages) const;

 private:
  std::uint64_t begin_;
};

}  // namespace ringtalk::bench
