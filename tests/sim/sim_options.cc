#include "sim_options.h"

#include "sim_random.h"

namespace ringtalk::sim {
namespace {

DatabaseFaults database_faults(Draw& draw) {
  DatabaseFaults faults{.latency_max_ms = draw.mostly_small(0, 40)};
  if (draw.chance(0.5)) faults.unknown_fate = 0.08;
  if (draw.chance(0.3)) faults.deadlock = 0.08;
  if (draw.chance(0.4)) faults.slow = 0.1;
  if (draw.chance(0.3)) faults.failed_read = 0.1;
  if (draw.chance(0.5)) faults.late = 0.4;
  return faults;
}

ChaosWeights chaos_weights(Draw& draw, bool has_bus) {
  ChaosWeights weights;
  if (draw.chance(0.35)) weights.crash = 2;
  if (draw.chance(0.25)) weights.restart = 2;
  if (draw.chance(0.35)) weights.database_away = 2;
  if (draw.chance(0.25)) weights.lock = 3;
  if (draw.chance(0.35) && has_bus) weights.bus_away = 3;
  if (draw.chance(0.5)) weights.stall = 6;
  return weights;
}

cache::MemoryBusChances bus_chances(Draw& draw) {
  cache::MemoryBusChances chances;
  if (draw.chance(0.3)) chances.drops = 0.2;
  if (draw.chance(0.3)) chances.doubles = 0.2;
  if (draw.chance(0.5)) {
    chances.delays = 0.3;
    chances.delay_max = std::chrono::milliseconds(draw.mostly_small(5, 2'000));
  }
  return chances;
}

void draw_sizes(SimOptions& options, Draw& draw) {
  options.has_bus = draw.chance(0.65);
  options.instances = options.has_bus ? static_cast<std::size_t>(draw.between(1, 3)) : 1;
  options.shards = static_cast<std::size_t>(draw.between(1, 3));
  options.users = static_cast<std::size_t>(draw.between(2, 5));
  options.devices_max = static_cast<std::size_t>(draw.between(1, 2));
  options.groups = static_cast<std::size_t>(draw.between(1, 3));
  if (draw.chance(0.15)) options.old_events_max = draw.between(1, 500);
  if (draw.chance(0.05)) options.content_max = 4'000;
  if (draw.chance(0.2)) options.mailbox_letters_max = static_cast<std::size_t>(draw.between(1, 6));
  if (draw.chance(0.15) && options.content_max < 100) options.unsent_bytes_max = 160 * 1024;
}

// The comparisons of heads come too seldom to help: whatever was acknowledged is told by those who
// stored it, or by those who have found it stored already. Without what is known to be lost in
// silence until the next comparison.
void do_without_comparisons(SimOptions& options) {
  options.heartbeat = std::chrono::hours(1);
  options.mailbox_letters_max = SimOptions().mailbox_letters_max;
  options.changes_members = false;
  options.has_unkeyed_sends = false;
  options.chaos.bus_away = 0;
  options.bus.drops = 0;
}

}  // namespace

SimOptions options_of(std::uint64_t seed) {
  Draw draw(seed ^ 0x6f7074696f6e73U);
  SimOptions options{.seed = seed};
  draw_sizes(options, draw);
  options.heartbeat = draw.milliseconds(1'000, 8'000);
  options.lively = draw.milliseconds(2'000, 10'000);
  options.pause_max_ms = draw.mostly_small(10, 500);
  options.has_slow_readers = draw.chance(0.4);
  options.has_cuts = draw.chance(0.6);
  options.changes_members = draw.chance(0.6);
  options.chaos_pause_max = draw.milliseconds(200, 3'000);
  if (draw.chance(0.8)) options.database = database_faults(draw);
  if (draw.chance(0.8)) options.chaos = chaos_weights(draw, options.has_bus);
  if (options.has_bus) options.bus = bus_chances(draw);
  if (draw.chance(0.15)) do_without_comparisons(options);
  return options;
}

}  // namespace ringtalk::sim
