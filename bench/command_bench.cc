// A client's command from text to checked value. The naive twin makes a JSON reader for each
// message, where a shard keeps one and its buffers.
#include <benchmark/benchmark.h>

#include <string>

#include "app/protocol/command_parser.h"
#include "support/allocation_counter.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

void parse_send(benchmark::State& state) {
  const std::string message = send_command(static_cast<std::size_t>(state.range(0)));
  app::protocol::JsonReader reader;
  if (!parse_command(reader, message)) return state.SkipWithError("the sample is no command");
  const AllocationCounter allocations;
  for (auto _ : state) {
    const auto command = parse_command(reader, message);
    benchmark::DoNotOptimize(command.has_value());
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void parse_send_with_fresh_reader(benchmark::State& state) {
  const std::string message = send_command(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    app::protocol::JsonReader reader;
    const auto command = parse_command(reader, message);
    benchmark::DoNotOptimize(command.has_value());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void parse_read_mark(benchmark::State& state) {
  constexpr std::string_view kMessage =
      R"({"op":"read","conversationId":"250888592109385361","seq":4711})";
  app::protocol::JsonReader reader;
  if (!parse_command(reader, kMessage)) return state.SkipWithError("the sample is no command");
  const AllocationCounter allocations;
  for (auto _ : state) {
    const auto command = parse_command(reader, kMessage);
    benchmark::DoNotOptimize(command.has_value());
  }
  allocations.report(state, state.iterations());
}

BENCHMARK(parse_send)->Name("command_send/ours")->ArgsProduct({kContentSizes});
BENCHMARK(parse_send_with_fresh_reader)
    ->Name("command_send/fresh_reader")
    ->ArgsProduct({kContentSizes});
BENCHMARK(parse_read_mark)->Name("command_read/ours");

}  // namespace
}  // namespace ringtalk::bench
