// Seat: one reactor of a simulation, as one thread of the real thing, and the SimLoop that turns
// them all over one clock, in an order by chance. A seat may be stalled, as a thread that the
// kernel does not run. Seats are owned by shards and by the world, the loop by the world; one
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/sim_backend.h"
#include "sim_random.h"
#include "turn_backend.h"

namespace ringtalk::sim {

class SimLoop;

class Seat : reactor::Pinned {
 public:
  Seat(SimLoop& loop, std::size_t letters_max);
  ~Seat();

  [[nodiscard]] reactor::Reactor& reactor() { return reactor_; }

  /// Before its objects are called from outside: its time is brought up to date. False while it is
  /// stalled: leave it alone.
  [[nodiscard]] bool catch_up();
  /// After that: it has something to do.
  void touch() { backend_->want_turn(); }
  void stall_until(reactor::TimePoint point) { stalled_until_ = point; }
  [[nodiscard]] bool is_stalled() const;
  /// Of the common clock, whatever its last turn was.
  [[nodiscard]] reactor::TimePoint now() const;

 private:
  friend class SimLoop;
  void turn();
  [[nodiscard]] bool is_due() const;
  [[nodiscard]] reactor::Deadline due_at() const;

  SimLoop& loop_;
  TurnBackend* backend_;
  reactor::Reactor reactor_;
  reactor::TimePoint stalled_until_{};
  bool is_turning_ = false;
};

class SimLoop : reactor::Pinned {
 public:
  explicit SimLoop(std::uint64_t seed) : seed_(seed), draw_(seed ^ 0x1009U) {}

  [[nodiscard]] reactor::SimClock& clock() { return clock_; }
  [[nodiscard]] reactor::TimePoint now() { return clock_.steady_now(); }
  /// Until `is_so`, or the time has come. Seats may come and go meanwhile, but not from within a
  /// turn of theirs.
  void run_until(const std::function<bool()>& is_so, reactor::Deadline end);
  [[nodiscard]] std::uint64_t turns() const { return turns_; }

 private:
  friend class Seat;
  [[nodiscard]] bool turn_some();

  const std::uint64_t seed_;
  reactor::SimClock clock_;
  Draw draw_;
  std::vector<Seat*> seats_;
  std::uint64_t turns_ = 0;
};

}  // namespace ringtalk::sim
