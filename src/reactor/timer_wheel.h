// TimerWheel: deadlines of a reactor, hierarchical (6 levels × 64 slots of 1 ms), O(1) to schedule
// and to cancel, no allocation: timers are links in the objects that wait. One thread. Timers of
// the same millisecond fire in the order in which they were scheduled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "reactor/clock.h"
#include "reactor/pinned.h"

namespace ringtalk::reactor {

/// A member of whatever waits; cancels itself when destroyed. Fires at most once a schedule, never
/// before its deadline and at most 1 ms (plus the length of a turn) after it.
class Timer : Pinned {
 public:
  Timer() = default;
  virtual ~Timer();
  [[nodiscard]] bool is_scheduled() const { return wheel_ != nullptr; }
  void cancel();  // does nothing when it is not scheduled

 protected:
  virtual void expired() = 0;

 private:
  friend class TimerWheel;
  class TimerWheel* wheel_ = nullptr;
  Timer* previous_ = nullptr;  // the first one of a slot: the last one
  Timer* next_ = nullptr;      // the last one of a slot: none
  std::uint64_t due_ = 0;      // in wheel milliseconds
  std::uint16_t slot_ = 0;
};

class TimerWheel : Pinned {
 public:
  explicit TimerWheel(TimePoint start);
  /// Forgets the timers that are still scheduled; they may outlive it.
  ~TimerWheel();

  /// Reschedules a scheduled timer. kNever cancels. A past deadline expires at the next advance().
  void schedule(Timer& timer, Deadline deadline);
  void cancel(Timer& timer);

  /// Fires what is due. Callbacks may schedule and cancel freely; what they schedule in the past
  /// fires at the next advance(), so that one call always ends. Time that went back counts as
  /// having stood still.
  void advance(TimePoint now);

  /// A point no later than the next expiry (exact within the wheel's nearest level), or kNever.
  [[nodiscard]] Deadline next_expiry() const;

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr unsigned kLevels = 6;
  static constexpr unsigned kSlotBits = 6;
  static constexpr unsigned kSlots = 1U << kSlotBits;
  // Beyond the wheel: due past the next multiple of 2^36 ms; looked at again when that has come.
  static constexpr unsigned kFarSlot = kLevels * kSlots;
  static constexpr unsigned kOverdueSlot = kFarSlot + 1;   // for the next advance()
  static constexpr unsigned kExpiringSlot = kFarSlot + 2;  // overdue, of the current advance()
  static constexpr unsigned kAllSlots = kFarSlot + 3;

  struct Stop {  // where the wheel halts next: to fire (level 0) or to spread out a coarser slot
    std::uint64_t at;
    unsigned slot;
  };

  [[nodiscard]] std::uint64_t milliseconds_of(TimePoint point) const;
  [[nodiscard]] std::uint64_t milliseconds_from(Deadline deadline) const;
  [[nodiscard]] Stop next_stop() const;
  [[nodiscard]] unsigned slot_for(std::uint64_t due) const;
  void append(Timer& timer, unsigned slot);
  void unlink(Timer& timer);
  void fire_all(unsigned slot);
  void spread_out(unsigned slot);

  const TimePoint start_;
  std::uint64_t position_ = 0;  // where the wheel stands; now_, unless advance() is under way
  std::uint64_t now_ = 0;       // the last time it was told
  std::size_t size_ = 0;
  std::array<std::uint64_t, kLevels> occupied_{};  // a bit a slot
  std::array<Timer*, kAllSlots> slots_{};          // the first timer of each
};

}  // namespace ringtalk::reactor
