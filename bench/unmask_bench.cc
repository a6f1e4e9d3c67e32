// Unmasking a client's payload, beside a loop over bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "support/allocation_counter.h"
#include "support/samples.h"
#include "ws/mask.h"

namespace ringtalk::bench {
namespace {

std::vector<std::byte> payload_of(const benchmark::State& state) {
  return std::vector<std::byte>(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
}

void unmask(benchmark::State& state) {
  std::vector<std::byte> payload = payload_of(state);
  const AllocationCounter allocations;
  for (auto _ : state) {
    ws::apply_mask(payload, kMaskKey);
    benchmark::DoNotOptimize(payload.data());
    benchmark::ClobberMemory();
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void unmask_by_bytes(benchmark::State& state) {
  std::vector<std::byte> payload = payload_of(state);
  for (auto _ : state) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] ^= kMaskKey[i % kMaskKey.size()];
      benchmark::DoNotOptimize(payload[i]);  // byte by byte it is, whatever the compiler can do
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(unmask)->Name("unmask/ours")->ArgsProduct({kSizes});
BENCHMARK(unmask_by_bytes)->Name("unmask/byte_loop")->ArgsProduct({kSizes});

}  // namespace
}  // namespace ringtalk::bench
