#include "sim_database.h"

#include <utility>

namespace ringtalk::sim {
namespace {

constexpr std::int64_t kLateMaxMs = 3'000;

}  // namespace

void SimDatabase::go_away() {
  is_away_ = true;
  ++outages_;
}

void SimDatabase::lock(std::int64_t conversation_id, reactor::TimePoint until) {
  locked_until_[conversation_id] = until;
}

bool SimDatabase::is_locked(std::int64_t conversation_id) {
  const auto found = locked_until_.find(conversation_id);
  return found != locked_until_.end() && found->second > environment_.world.now();
}

void SimDatabase::heal() {
  has_healed_ = true;
  is_away_ = false;
  locked_until_.clear();
}

SimDatabase::Fault SimDatabase::draw_fault(bool is_write) {
  if (has_healed_) return Fault::kNone;
  const DatabaseFaults& faults = environment_.faults;
  if (!is_write) return draw_.chance(faults.failed_read) ? Fault::kFailed : Fault::kNone;
  if (draw_.chance(faults.unknown_fate)) return Fault::kUnknownFate;
  if (draw_.chance(faults.deadlock)) return Fault::kDeadlock;
  return Fault::kNone;
}

reactor::Duration SimDatabase::draw_way() {
  return draw_.milliseconds(0, environment_.faults.latency_max_ms);
}

reactor::Duration SimDatabase::draw_answer() {
  const DatabaseFaults& faults = environment_.faults;
  if (!has_healed_ && draw_.chance(faults.slow)) return draw_.milliseconds(0, faults.slow_max_ms);
  return draw_way();
}

void SimDatabase::leave_to_fate(std::function<void()> transaction) {
  ++unknown_fates_;
  if (draw_.chance(0.35)) return environment_.trace.note("database: a write is lost");
  if (!draw_.chance(environment_.faults.late)) {
    environment_.trace.note("database: a write is done, its answer lost");
    return transaction();
  }
  const auto delay = draw_.milliseconds(1, draw_.between(1, kLateMaxMs));
  environment_.trace.note("database: a write will be done late, by {} ms",
                          delay.count() / 1'000'000);
  scope_.spawn(run_late(std::move(transaction), delay));
  environment_.world.touch();
}

reactor::Task<void> SimDatabase::run_late(std::function<void()> transaction,
                                          reactor::Duration delay) {
  co_await environment_.world.reactor().sleep_until(environment_.world.now() + delay);
  environment_.trace.note("database: a late write is done");
  transaction();
}

}  // namespace ringtalk::sim
