// A committed message to 1,000 listeners of one shard: from the owner's letter through hub, feeds,
// connections and send queues to the one write of each. The naive twin encodes the event anew for
// each listener, as one does who hands messages to connections.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "app/protocol/event_writer.h"
#include "support/allocation_counter.h"
#include "support/fan_out_lab.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

constexpr std::int64_t kListeners = 1000;
constexpr app::protocol::Seq kWarmUp = 300;  // the tail is full by then, and gives away as it takes

// The event was encoded before: see event_frame. Allocations and time are those of one listener.
void fan_out(benchmark::State& state) {
  const auto content_bytes = static_cast<std::size_t>(state.range(0));
  FanOutLab lab(kListeners);
  app::protocol::Seq seq = 0;
  const auto next = [&] { return lab.publish(++seq, content_bytes); };
  while (seq < kWarmUp) lab.deliver(next());
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto published = next();
    state.ResumeTiming();
    const AllocationCounter allocations;
    lab.deliver(published);
    allocated += allocations.count();
  }
  if (lab.events_delivered() != static_cast<std::uint64_t>(seq * kListeners)) {
    return state.SkipWithError("not everybody has heard of it");
  }
  const auto messages = static_cast<double>(state.iterations() * kListeners);
  state.counters["allocations"] = static_cast<double>(allocated) / messages;
  state.SetItemsProcessed(state.iterations() * kListeners);
}

void encode_for_each(benchmark::State& state) {
  const auto content_bytes = static_cast<std::size_t>(state.range(0));
  FanOutLab lab(kListeners);
  const auto connections = lab.connections();
  const app::protocol::EventView event = message_event(4711, content_bytes);
  for (auto _ : state) {
    for (ws::Connection* const connection : connections) {
      std::string payload;
      append_event_message(payload, kConversation, event);
      connection->send_text(payload);
    }
    lab.turn_until_sent();
  }
  state.SetItemsProcessed(state.iterations() * kListeners);
}

BENCHMARK(fan_out)->Name("fan_out_1000/ours")->ArgsProduct({kContentSizes});
BENCHMARK(encode_for_each)->Name("fan_out_1000/encode_each")->ArgsProduct({kContentSizes});

}  // namespace
}  // namespace ringtalk::bench
