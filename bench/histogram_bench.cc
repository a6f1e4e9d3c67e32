// Noting how long something took, beside a map from bound to count.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "app/metrics/histogram.h"
#include "support/allocation_counter.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

constexpr std::size_t kSamples = 65'536;  // enough that no branch predictor learns them

void observe(benchmark::State& state) {
  const auto samples = latencies(kSamples);
  app::metrics::Histogram histogram;
  const AllocationCounter allocations;
  for (auto _ : state) {
    for (const std::chrono::nanoseconds sample : samples) histogram.observe(sample);
    benchmark::DoNotOptimize(histogram);
  }
  allocations.report(state, state.iterations() * static_cast<std::int64_t>(kSamples));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSamples));
}

void observe_in_map(benchmark::State& state) {
  const auto samples = latencies(kSamples);
  std::map<std::int64_t, std::uint64_t> counts;
  for (const std::int64_t bound : app::metrics::Histogram::kBoundsUs) counts[bound] = 0;
  counts[std::numeric_limits<std::int64_t>::max()] = 0;
  std::chrono::nanoseconds sum{};
  for (auto _ : state) {
    for (const std::chrono::nanoseconds sample : samples) {
      const auto us = std::chrono::ceil<std::chrono::microseconds>(sample).count();
      ++counts.lower_bound(us)->second;
      sum += sample;
    }
    benchmark::DoNotOptimize(sum);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kSamples));
}

BENCHMARK(observe)->Name("histogram_observe/ours");
BENCHMARK(observe_in_map)->Name("histogram_observe/map");

}  // namespace
}  // namespace ringtalk::bench
