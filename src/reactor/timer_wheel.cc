// A timer sits at the level of the highest 6-bit digit in which its due time differs from the
// wheel's position. So all slots of a level lie ahead of the position without wrapping round, and
// all timers of a level are due before those of the next one: the next stop is one bit scan.
#include "reactor/timer_wheel.h"

#include <bit>
#include <utility>

#include "reactor/result.h"

namespace ringtalk::reactor {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
constexpr auto kNanosecondsEach = nanoseconds(milliseconds(1)).count();

}  // namespace

Timer::~Timer() {
  cancel();
}

void Timer::cancel() {
  if (wheel_ != nullptr) wheel_->cancel(*this);
}

TimerWheel::TimerWheel(TimePoint start) : start_(start) {}

TimerWheel::~TimerWheel() {
  for (const Timer* first : slots_) {
    for (auto* timer = const_cast<Timer*>(first); timer != nullptr;) {
      Timer* next = timer->next_;
      timer->wheel_ = nullptr;
      timer->previous_ = timer->next_ = nullptr;
      timer = next;
    }
  }
}

void TimerWheel::schedule(Timer& timer, Deadline deadline) {
  if (timer.wheel_ != nullptr) {
    RINGTALK_ASSERT(timer.wheel_ == this, "a timer was scheduled in a second wheel");
    unlink(timer);
  }
  if (deadline == kNever) return;
  timer.due_ = milliseconds_from(deadline);
  append(timer, timer.due_ <= now_ ? kOverdueSlot : slot_for(timer.due_));
}

void TimerWheel::cancel(Timer& timer) {
  if (timer.wheel_ == nullptr) return;
  RINGTALK_ASSERT(timer.wheel_ == this, "a timer was cancelled in a wheel that it is not in");
  unlink(timer);
}

void TimerWheel::advance(TimePoint now) {
  const std::uint64_t target = milliseconds_of(now);
  if (target > now_) now_ = target;

  while (slots_[kOverdueSlot] != nullptr) {
    Timer& timer = *slots_[kOverdueSlot];
    unlink(timer);
    append(timer, kExpiringSlot);
  }
  fire_all(kExpiringSlot);

  for (Stop stop = next_stop(); stop.at <= now_; stop = next_stop()) {
    position_ = stop.at;
    if (stop.slot < kSlots) {
      fire_all(stop.slot);
    } else {
      spread_out(stop.slot);
    }
  }
  position_ = now_;
}

Deadline TimerWheel::next_expiry() const {
  const std::uint64_t at = slots_[kOverdueSlot] != nullptr ? now_ : next_stop().at;
  const auto representable = static_cast<std::uint64_t>((kNever - start_).count()) /
                             static_cast<std::uint64_t>(kNanosecondsEach);
  if (at >= representable) return kNever;
  return start_ + milliseconds(at);
}

// Rounded down: a moment that has begun.
std::uint64_t TimerWheel::milliseconds_of(TimePoint point) const {
  if (point <= start_) return 0;
  return static_cast<std::uint64_t>((point - start_).count() / kNanosecondsEach);
}

// Rounded up: never before the deadline.
std::uint64_t TimerWheel::milliseconds_from(Deadline deadline) const {
  if (deadline <= start_) return 0;
  const auto span = (deadline - start_).count();
  return static_cast<std::uint64_t>(span / kNanosecondsEach + (span % kNanosecondsEach != 0));
}

TimerWheel::Stop TimerWheel::next_stop() const {
  for (unsigned level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    const auto slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
    const unsigned shift = level * kSlotBits;
    const std::uint64_t above = position_ >> (shift + kSlotBits) << (shift + kSlotBits);
    return {.at = above | (std::uint64_t{slot} << shift), .slot = level * kSlots + slot};
  }
  if (slots_[kFarSlot] == nullptr) return {.at = kNowhere, .slot = kFarSlot};
  constexpr unsigned kReach = kLevels * kSlotBits;
  return {.at = ((position_ >> kReach) + 1) << kReach, .slot = kFarSlot};
}

unsigned TimerWheel::slot_for(std::uint64_t due) const {
  const std::uint64_t difference = (due ^ position_) | (kSlots - 1);
  const unsigned level = (static_cast<unsigned>(std::bit_width(difference)) - 1) / kSlotBits;
  if (level >= kLevels) return kFarSlot;
  return level * kSlots + static_cast<unsigned>(due >> (level * kSlotBits)) % kSlots;
}

void TimerWheel::append(Timer& timer, unsigned slot) {
  timer.wheel_ = this;
  timer.slot_ = static_cast<std::uint16_t>(slot);
  timer.next_ = nullptr;
  Timer*& first = slots_[slot];
  if (first == nullptr) {
    first = &timer;
    timer.previous_ = &timer;
    if (slot < kFarSlot) occupied_[slot / kSlots] |= std::uint64_t{1} << (slot % kSlots);
  } else {
    timer.previous_ = first->previous_;
    first->previous_->next_ = &timer;
    first->previous_ = &timer;
  }
  ++size_;
}

void TimerWheel::unlink(Timer& timer) {
  const unsigned slot = timer.slot_;
  Timer*& first = slots_[slot];
  Timer* next = timer.next_;
  if (first == &timer) {
    first = next;
  } else {
    timer.previous_->next_ = next;
  }
  if (next != nullptr) {
    next->previous_ = timer.previous_;
  } else if (first != nullptr) {
    first->previous_ = timer.previous_;
  }
  if (first == nullptr && slot < kFarSlot) {
    occupied_[slot / kSlots] &= ~(std::uint64_t{1} << (slot % kSlots));
  }
  timer.wheel_ = nullptr;
  timer.previous_ = timer.next_ = nullptr;
  --size_;
}

// Callbacks may cancel what is still in the slot, but nothing new can come into it.
void TimerWheel::fire_all(unsigned slot) {
  while (slots_[slot] != nullptr) {
    Timer& timer = *slots_[slot];
    unlink(timer);
    timer.expired();
  }
}

// The position has reached the slot: its timers now differ from it in a lower digit, or not at all
// (then they land in level 0, right at the position, and fire next). Far ones may stay far.
void TimerWheel::spread_out(unsigned slot) {
  Timer* timer = std::exchange(slots_[slot], nullptr);
  if (slot < kFarSlot) occupied_[slot / kSlots] &= ~(std::uint64_t{1} << (slot % kSlots));
  while (timer != nullptr) {
    Timer* next = timer->next_;
    --size_;
    append(*timer, slot_for(timer->due_));
    timer = next;
  }
}

}  // namespace ringtalk::reactor
