#include "reactor/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace ringtalk::reactor {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr TimePoint kStart{hours(5) + nanoseconds(123'456)};

class CallTimer final : public Timer {
 public:
  explicit CallTimer(std::function<void()> call) : call_(std::move(call)) {}

 private:
  void expired() override { call_(); }
  std::function<void()> call_;
};

struct Counter {
  int count = 0;
  CallTimer timer{[this] { ++count; }};
};

TEST(TimerWheel, fires_at_the_deadline_and_not_before) {
  TimerWheel wheel(kStart);
  Counter counter;
  wheel.schedule(counter.timer, kStart + milliseconds(10));
  wheel.advance(kStart + milliseconds(10) - nanoseconds(1));
  EXPECT_EQ(counter.count, 0);
  wheel.advance(kStart + milliseconds(10));
  EXPECT_EQ(counter.count, 1);
  wheel.advance(kStart + hours(1));
  EXPECT_EQ(counter.count, 1);
  EXPECT_EQ(wheel.size(), 0U);
}

TEST(TimerWheel, rounds_a_deadline_within_a_millisecond_up) {
  TimerWheel wheel(kStart);
  Counter counter;
  wheel.schedule(counter.timer, kStart + microseconds(1'500));
  wheel.advance(kStart + microseconds(1'999));
  EXPECT_EQ(counter.count, 0);
  wheel.advance(kStart + milliseconds(2));
  EXPECT_EQ(counter.count, 1);
}

TEST(TimerWheel, fires_a_past_deadline_at_the_next_advance) {
  TimerWheel wheel(kStart);
  wheel.advance(kStart + milliseconds(100));
  Counter counter;
  wheel.schedule(counter.timer, kStart + milliseconds(50));
  EXPECT_LE(wheel.next_expiry(), kStart + milliseconds(100));
  EXPECT_EQ(counter.count, 0);
  wheel.advance(kStart + milliseconds(100));
  EXPECT_EQ(counter.count, 1);
}

TEST(TimerWheel, takes_deadlines_at_both_ends_of_time) {
  TimerWheel wheel(kStart);
  Counter first;
  Counter last;
  Counter never;
  wheel.schedule(first.timer, Deadline::min());
  wheel.schedule(last.timer, Deadline::max() - nanoseconds(1));
  wheel.schedule(never.timer, kNever);
  EXPECT_FALSE(never.timer.is_scheduled());
  EXPECT_TRUE(last.timer.is_scheduled());
  wheel.advance(kStart);
  EXPECT_EQ(first.count, 1);
  EXPECT_GT(wheel.next_expiry(), kStart + hours(24 * 365));
  wheel.advance(kStart + hours(24 * 365 * 50));
  EXPECT_EQ(last.count, 0);
}

TEST(TimerWheel, never_takes_a_scheduled_timer_out) {
  TimerWheel wheel(kStart);
  Counter counter;
  wheel.schedule(counter.timer, kStart + milliseconds(5));
  wheel.schedule(counter.timer, kNever);
  EXPECT_FALSE(counter.timer.is_scheduled());
  EXPECT_EQ(wheel.next_expiry(), kNever);
  wheel.advance(kStart + hours(1));
  EXPECT_EQ(counter.count, 0);
}

TEST(TimerWheel, rescheduling_moves_a_timer) {
  TimerWheel wheel(kStart);
  Counter counter;
  wheel.schedule(counter.timer, kStart + milliseconds(5));
  wheel.schedule(counter.timer, kStart + milliseconds(5'000));
  EXPECT_EQ(wheel.size(), 1U);
  wheel.advance(kStart + milliseconds(4'999));
  EXPECT_EQ(counter.count, 0);
  wheel.advance(kStart + milliseconds(5'000));
  EXPECT_EQ(counter.count, 1);
}

TEST(TimerWheel, reaches_deadlines_beyond_its_levels) {
  TimerWheel wheel(kStart);
  const auto reach = milliseconds(std::int64_t{1} << 36);
  Counter within;
  Counter beyond;
  Counter far_beyond;
  wheel.schedule(within.timer, kStart + reach - milliseconds(1));
  wheel.schedule(beyond.timer, kStart + reach);
  wheel.schedule(far_beyond.timer, kStart + 3 * reach + milliseconds(77));
  wheel.advance(kStart + reach - milliseconds(1));
  EXPECT_EQ(within.count, 1);
  EXPECT_EQ(beyond.count, 0);
  EXPECT_EQ(wheel.next_expiry(), kStart + reach);
  wheel.advance(kStart + reach);
  EXPECT_EQ(beyond.count, 1);
  wheel.advance(kStart + 3 * reach + milliseconds(76));
  EXPECT_EQ(far_beyond.count, 0);
  wheel.advance(kStart + 3 * reach + milliseconds(77));
  EXPECT_EQ(far_beyond.count, 1);
}

TEST(TimerWheel, tells_near_expiries_exactly) {
  TimerWheel wheel(kStart);
  Counter counter;
  for (int span = 1; span < 64; ++span) {
    wheel.schedule(counter.timer, kStart + milliseconds(span));
    EXPECT_EQ(wheel.next_expiry(), kStart + milliseconds(span));
  }
}

TEST(TimerWheel, a_sleeper_wakes_few_times_for_one_far_timer) {
  TimerWheel wheel(kStart);
  Counter counter;
  const Deadline deadline = kStart + hours(24) + milliseconds(321);
  wheel.schedule(counter.timer, deadline);
  int wakes = 0;
  while (counter.count == 0) {
    ASSERT_LE(wheel.next_expiry(), deadline);
    wheel.advance(wheel.next_expiry());
    ASSERT_LE(++wakes, 6);
  }
}

TEST(TimerWheel, fires_timers_of_one_millisecond_in_the_order_of_scheduling) {
  TimerWheel wheel(kStart);
  std::vector<int> fired;
  std::vector<std::unique_ptr<CallTimer>> timers;
  for (int i = 0; i < 20; ++i) {
    timers.push_back(std::make_unique<CallTimer>([&fired, i] { fired.push_back(i); }));
    // Some from far, some when the deadline is near already.
    if (i == 10) wheel.advance(kStart + milliseconds(4'990));
    wheel.schedule(*timers.back(), kStart + milliseconds(5'000));
  }
  wheel.advance(kStart + hours(1));
  ASSERT_EQ(fired.size(), 20U);
  EXPECT_TRUE(std::ranges::is_sorted(fired));
}

TEST(TimerWheel, a_callback_may_cancel_its_neighbours_and_itself_end) {
  TimerWheel wheel(kStart);
  Counter neighbour;
  auto ends_itself = std::unique_ptr<CallTimer>();
  ends_itself = std::make_unique<CallTimer>([&] {
    neighbour.timer.cancel();
    // Only the timer's wheel links must not be touched after the call: they are not.
    wheel.schedule(*ends_itself, kStart + milliseconds(9));
  });
  wheel.schedule(*ends_itself, kStart + milliseconds(3));
  wheel.schedule(neighbour.timer, kStart + milliseconds(3));
  wheel.advance(kStart + milliseconds(3));
  EXPECT_EQ(neighbour.count, 0);
  EXPECT_TRUE(ends_itself->is_scheduled());
  ends_itself.reset();
  EXPECT_EQ(wheel.size(), 0U);
}

TEST(TimerWheel, one_advance_ends_though_a_callback_schedules_the_past_again_and_again) {
  TimerWheel wheel(kStart);
  int count = 0;
  CallTimer again([&] {
    ++count;
    wheel.schedule(again, kStart);
  });
  wheel.schedule(again, kStart + milliseconds(1));
  wheel.advance(kStart + milliseconds(500));
  EXPECT_EQ(count, 1);
  wheel.advance(kStart + milliseconds(500));
  EXPECT_EQ(count, 2);
  again.cancel();
}

TEST(TimerWheel, forgets_its_timers_when_it_ends) {
  Counter counter;
  {
    TimerWheel wheel(kStart);
    wheel.schedule(counter.timer, kStart + milliseconds(1));
  }
  EXPECT_FALSE(counter.timer.is_scheduled());
}

// --- against a naive twin ---

// The wheel, and a multimap that does the same the slow way. Timers schedule and cancel others
// from inside their callbacks; what these did is applied to the twin in the same order.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < kTimers; ++i) {
      timers_.push_back(std::make_unique<CallTimer>([this, i] { on_expired(i); }));
    }
  }

  void step() {
    switch (random_() % 4) {
      case 0:
      case 1:
        schedule_one();
        break;
      case 2:
        cancel_one();
        break;
      default:
        advance();
        break;
    }
    ASSERT_EQ(wheel_.size(), twin_.size());
    if (twin_.empty()) {
      ASSERT_EQ(wheel_.next_expiry(), kNever);
    } else {
      const auto earliest = std::max(twin_.begin()->first, now_);
      ASSERT_LE(wheel_.next_expiry(), kStart + milliseconds(earliest));
    }
  }

 private:
  static constexpr std::size_t kTimers = 60;
  using Twin = std::multimap<std::int64_t, std::size_t>;  // equal keys keep their order

  void schedule_one() {
    const std::size_t index = random_() % kTimers;
    const Deadline deadline = random_deadline();
    wheel_.schedule(*timers_[index], deadline);
    forget(index);
    if (deadline == kNever) return;
    const auto span = (deadline - kStart).count();
    const std::int64_t due = span <= 0 ? 0 : (span + 999'999) / 1'000'000;
    // In the past: with the next advance(), in order of scheduling, before all others.
    if (due <= now_) {
      overdue_.push_back(index);
      twin_.emplace(-1, index);
    } else {
      twin_.emplace(due, index);
    }
  }

  void cancel_one() {
    const std::size_t index = random_() % kTimers;
    timers_[index]->cancel();
    forget(index);
  }

  void forget(std::size_t index) {
    std::erase(overdue_, index);
    std::erase(expected_overdue_, index);
    std::erase_if(twin_, [index](const auto& entry) { return entry.second == index; });
  }

  void advance() {
    now_ += random_span() / 1'000'000;
    expected_overdue_ = std::exchange(overdue_, {});
    advancing_ = true;
    wheel_.advance(kStart + milliseconds(now_));
    advancing_ = false;
    ASSERT_TRUE(expected_overdue_.empty());
    const auto left = twin_.upper_bound(-1);
    if (left != twin_.end()) {
      ASSERT_GT(left->first, now_) << "a due timer did not fire";
    }
  }

  void on_expired(std::size_t index) {
    ASSERT_TRUE(advancing_);
    if (!expected_overdue_.empty()) {
      ASSERT_EQ(index, expected_overdue_.front());
      forget(index);
    } else {
      const auto expected = twin_.upper_bound(-1);
      ASSERT_NE(expected, twin_.end());
      ASSERT_LE(expected->first, now_);
      ASSERT_EQ(index, expected->second);
      twin_.erase(expected);
    }
    while (random_() % 3 == 0) random_() % 2 == 0 ? schedule_one() : cancel_one();
  }

  // Nanoseconds; of every magnitude from nothing to four times the wheel's reach.
  std::int64_t random_span() {
    const auto bits = random_() % 39;
    const auto in_milliseconds = static_cast<std::int64_t>(random_() & ((1ULL << bits) - 1));
    return in_milliseconds * 1'000'000;
  }
  Deadline random_deadline() {
    if (random_() % 20 == 0) return kNever;
    if (random_() % 10 == 0)
      return kStart + milliseconds(now_) - nanoseconds(random_() % 5'000'000);
    const auto below_a_millisecond = nanoseconds(random_() % 1'000'000);
    return kStart + milliseconds(now_) + nanoseconds(random_span()) + below_a_millisecond;
  }

  std::mt19937_64 random_;
  TimerWheel wheel_{kStart};
  std::vector<std::unique_ptr<CallTimer>> timers_;
  std::int64_t now_ = 0;
  Twin twin_;
  std::vector<std::size_t> overdue_;
  std::vector<std::size_t> expected_overdue_;
  bool advancing_ = false;
};

TEST(TimerWheel, behaves_as_a_sorted_list_under_random_use) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Twins twins(seed);
    // 40 advances of up to 2^38 ms each stay below the end of the clock, in 292 years.
    for (int step = 0; step < 160; ++step) {
      twins.step();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace ringtalk::reactor
