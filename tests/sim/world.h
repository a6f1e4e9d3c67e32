// World: one simulated history from its seed to the verdict: instances, database, bus, devices,
// people and chaos on one clock. It is lively for a while, then all that is broken is mended, and
// what the contract promises must come true. One thread; nothing outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cache/memory_bus_hub.h"
#include "chaos.h"
#include "checker.h"
#include "device.h"
#include "instances.h"
#include "people.h"
#include "reactor/task_scope.h"
#include "seat.h"
#include "sim_database.h"
#include "sim_environment.h"
#include "sim_options.h"
#include "trace.h"

namespace ringtalk::sim {

struct Verdict {
  std::vector<std::string> findings;  // empty: every promise was kept
  std::vector<std::string> trace;     // the last lines
  std::uint64_t hash = 0;             // of all lines
  std::uint64_t turns = 0;
  std::int64_t events = 0;  // in all logs
  std::uint64_t unknown_fates = 0;
};

class World : reactor::Pinned {
 public:
  explicit World(const SimOptions& options);
  ~World();

  [[nodiscard]] Verdict run();

 private:
  void start();
  void run_lively();
  void run_calm();
  void end();
  void run_for(reactor::Duration span);
  [[nodiscard]] bool is_settled(bool is_last);

  const SimOptions options_;
  SimLoop loop_;
  Trace trace_;
  Seat seat_;
  SimDatabase database_;
  cache::MemoryBusHub hub_;
  Checker checker_;
  SimEnvironment environment_;
  std::vector<std::unique_ptr<Device>> devices_;
  Instances instances_;
  People people_;
  Chaos chaos_;
  reactor::TaskScope scope_;
};

[[nodiscard]] Verdict run_history(std::uint64_t seed);

}  // namespace ringtalk::sim
