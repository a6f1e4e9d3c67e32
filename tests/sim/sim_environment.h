// SimEnvironment: what all parts of one simulated history share: its options, clock, trace,
// database, bus and checker. Owned by the World, which outlives whoever holds a reference; one
// thread.
#pragma once

#include "app/auth/signing_key.h"
#include "cache/memory_bus_hub.h"
#include "checker.h"
#include "reactor/log.h"
#include "seat.h"
#include "sim_database.h"
#include "sim_options.h"
#include "trace.h"

namespace ringtalk::sim {

class NoLog final : public reactor::Log {
 public:
  void write(reactor::LogLevel, std::string_view,
             std::initializer_list<reactor::LogField>) override {}
  [[nodiscard]] bool enabled(reactor::LogLevel) const override { return false; }
};

struct SimEnvironment {
  const SimOptions& options;
  SimLoop& loop;
  Seat& world;
  Trace& trace;
  SimDatabase& database;
  cache::MemoryBusHub& hub;
  Checker& checker;
  NoLog log;
  app::auth::SigningKey signing_key{.bytes = std::string(32, 'k')};
};

}  // namespace ringtalk::sim
