// The deadlines of a shard. What happens to nearly every one: it is put off again and again and
// never comes. And what happens at last: many come due. The naive twin is a heap of functions,
// where a timer that was put off stays until its old time has come.
#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "reactor/timer_wheel.h"
#include "support/allocation_counter.h"

namespace ringtalk::bench {
namespace {

using reactor::Duration;
using reactor::TimePoint;
using std::chrono::milliseconds;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr milliseconds kTimeout{25'000};  // of a heartbeat
constexpr milliseconds kTurn{1};

std::uint64_t fired = 0;

class Count final : public reactor::Timer {
 private:
  void expired() override { ++fired; }
};

class NaiveTimers {
 public:
  using Handle = std::shared_ptr<bool>;  // whether it is still wanted

  [[nodiscard]] Handle schedule(TimePoint due, std::function<void()> expired) {
    auto handle = std::make_shared<bool>(true);
    heap_.push({due, ++last_number_, handle, std::move(expired)});
    return handle;
  }
  void advance(TimePoint now) {
    while (!heap_.empty() && heap_.top().due <= now) {
      const Entry entry = heap_.top();
      heap_.pop();
      if (*entry.is_wanted) entry.expired();
    }
  }

 private:
  struct Entry {
    TimePoint due;
    std::uint64_t number = 0;
    Handle is_wanted;
    std::function<void()> expired;
    bool operator<(const Entry& other) const {
      return due != other.due ? due > other.due : number > other.number;
    }
  };
  std::priority_queue<Entry> heap_;
  std::uint64_t last_number_ = 0;
};

// A turn each 10 ms, in which 16 of the connections are heard from.
constexpr milliseconds kLongTurn{10};
constexpr int kHeardPerTurn = 16;
constexpr auto kWarmUpTurns = kTimeout / kLongTurn;  // the heap is as large as it gets

void put_off(benchmark::State& state) {
  reactor::TimerWheel wheel(kStart);
  std::vector<Count> timers(static_cast<std::size_t>(state.range(0)));
  TimePoint now = kStart;
  for (Count& timer : timers) wheel.schedule(timer, now + kTimeout);
  std::size_t next = 0;
  const auto turn = [&] {
    for (int i = 0; i < kHeardPerTurn; ++i) {
      wheel.schedule(timers[next], now + kTimeout);
      if (++next == timers.size()) next = 0;
    }
    now += kLongTurn;
    wheel.advance(now);
    benchmark::DoNotOptimize(wheel.next_expiry());
  };
  for (auto i = kWarmUpTurns; i > 0; --i) turn();
  const AllocationCounter allocations;
  for (auto _ : state) turn();
  allocations.report(state, state.iterations() * kHeardPerTurn);
  state.SetItemsProcessed(state.iterations() * kHeardPerTurn);
}

void put_off_in_heap(benchmark::State& state) {
  NaiveTimers naive;
  std::vector<NaiveTimers::Handle> timers(static_cast<std::size_t>(state.range(0)));
  TimePoint now = kStart;
  for (auto& timer : timers) timer = naive.schedule(now + kTimeout, [] { ++fired; });
  std::size_t next = 0;
  const auto turn = [&] {
    for (int i = 0; i < kHeardPerTurn; ++i) {
      *timers[next] = false;
      timers[next] = naive.schedule(now + kTimeout, [] { ++fired; });
      if (++next == timers.size()) next = 0;
    }
    now += kLongTurn;
    naive.advance(now);
  };
  for (auto i = kWarmUpTurns; i > 0; --i) turn();
  for (auto _ : state) turn();
  state.SetItemsProcessed(state.iterations() * kHeardPerTurn);
}

// Spread over the second to come.
TimePoint due_of(TimePoint now, std::size_t i) {
  return now + milliseconds(1 + (i * 7919) % 1000);
}

void check_fired(benchmark::State& state, std::uint64_t fired_before) {
  const auto due = static_cast<std::uint64_t>(state.iterations() * state.range(0));
  if (fired - fired_before != due) state.SkipWithError("not every timer has fired");
}

void fire(benchmark::State& state) {
  reactor::TimerWheel wheel(kStart);
  std::vector<Count> timers(static_cast<std::size_t>(state.range(0)));
  TimePoint now = kStart;
  const std::uint64_t fired_before = fired;
  const AllocationCounter allocations;
  for (auto _ : state) {
    for (std::size_t i = 0; i < timers.size(); ++i) wheel.schedule(timers[i], due_of(now, i));
    for (const TimePoint end = now + std::chrono::seconds(1); now < end; now += kTurn) {
      wheel.advance(now + kTurn);
    }
  }
  allocations.report(state, state.iterations() * state.range(0));
  check_fired(state, fired_before);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void fire_from_heap(benchmark::State& state) {
  NaiveTimers naive;
  TimePoint now = kStart;
  const std::uint64_t fired_before = fired;
  for (auto _ : state) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
      static_cast<void>(naive.schedule(due_of(now, i), [] { ++fired; }));
    }
    for (const TimePoint end = now + std::chrono::seconds(1); now < end; now += kTurn) {
      naive.advance(now + kTurn);
    }
  }
  check_fired(state, fired_before);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(put_off)->Name("timer_put_off/ours")->Arg(1'000)->Arg(10'000);
BENCHMARK(put_off_in_heap)->Name("timer_put_off/priority_queue")->Arg(1'000)->Arg(10'000);
BENCHMARK(fire)->Name("timer_fire/ours")->Arg(1'000)->Arg(100'000);
BENCHMARK(fire_from_heap)->Name("timer_fire/priority_queue")->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace ringtalk::bench
