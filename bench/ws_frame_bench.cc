// Unmasking beside a loop over bytes, and a text message from bytes to message.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "ws/frame_writer.h"
#include "ws/mask.h"
#include "ws/message_assembler.h"

namespace {

using namespace ringtalk;

constexpr ws::MaskKey kKey = {std::byte{0x12}, std::byte{0x34}, std::byte{0x56}, std::byte{0x78}};

void unmask_by_words(benchmark::State& state) {
  std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
  for (auto _ : state) {
    ws::apply_mask(payload, kKey);
    benchmark::DoNotOptimize(payload.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void unmask_by_bytes(benchmark::State& state) {
  std::vector<std::byte> payload(static_cast<std::size_t>(state.range(0)), std::byte{'x'});
  for (auto _ : state) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] ^= kKey[i % kKey.size()];
      benchmark::DoNotOptimize(payload[i]);  // as a compiler sees it that cannot vectorise
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void assemble_text_message(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  std::string frame;
  ws::append_frame(frame, ws::Opcode::kText, payload, kKey);
  std::string input;
  ws::MessageAssembler assembler;
  for (auto _ : state) {
    input = frame;  // unmasked in place, so each round needs its own
    auto bytes = std::as_writable_bytes(std::span(input));
    benchmark::DoNotOptimize(assembler.next(bytes));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(unmask_by_words)->Arg(20)->Arg(1024)->Arg(64 * 1024);
BENCHMARK(unmask_by_bytes)->Arg(20)->Arg(1024)->Arg(64 * 1024);
BENCHMARK(assemble_text_message)->Arg(20)->Arg(1024);

}  // namespace

BENCHMARK_MAIN();
