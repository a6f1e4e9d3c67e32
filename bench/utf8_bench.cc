// Is this text UTF-8? Beside a loop over bytes; for English, and for text of many scripts.
#include <benchmark/benchmark.h>

#include <string>

#include "support/allocation_counter.h"
#include "support/naive_utf8.h"
#include "support/samples.h"
#include "ws/utf8.h"

namespace ringtalk::bench {
namespace {

using MakeText = std::string (*)(std::size_t bytes);
using Check = bool (*)(std::string_view text);

void check_utf8(benchmark::State& state, MakeText make_text, Check check) {
  const std::string text = make_text(static_cast<std::size_t>(state.range(0)));
  if (!check(text)) return state.SkipWithError("the sample is no UTF-8");
  const AllocationCounter allocations;
  for (auto _ : state) {
    benchmark::DoNotOptimize(text.data());
    benchmark::DoNotOptimize(check(text));
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

// A message that comes in two pieces, cut inside a character.
bool check_in_pieces(std::string_view text) {
  ws::Utf8Validator validator;
  const std::size_t cut = text.size() / 2;
  return validator.feed(text.substr(0, cut)) && validator.feed(text.substr(cut)) &&
         validator.is_complete();
}

BENCHMARK_CAPTURE(check_utf8, , ascii_text, ws::is_valid_utf8)
    ->Name("utf8_ascii/ours")
    ->ArgsProduct({kSizes});
BENCHMARK_CAPTURE(check_utf8, , ascii_text, naive_is_valid_utf8)
    ->Name("utf8_ascii/byte_loop")
    ->ArgsProduct({kSizes});
BENCHMARK_CAPTURE(check_utf8, , mixed_text, ws::is_valid_utf8)
    ->Name("utf8_mixed/ours")
    ->ArgsProduct({kSizes});
BENCHMARK_CAPTURE(check_utf8, , mixed_text, naive_is_valid_utf8)
    ->Name("utf8_mixed/byte_loop")
    ->ArgsProduct({kSizes});
BENCHMARK_CAPTURE(check_utf8, , mixed_text, check_in_pieces)
    ->Name("utf8_in_two_pieces/ours")
    ->ArgsProduct({kSizes});

}  // namespace
}  // namespace ringtalk::bench
