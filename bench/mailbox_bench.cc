// Letters from shard to shard. A burst: many are posted, then the owner runs them in one turn,
// beside a queue that is locked for each letter. A hop: a letter to a sleeping reactor on another
// thread, and the answer back; two wake-ups by the kernel, so a time and not a ratio.
#include <benchmark/benchmark.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "reactor/backend.h"
#include "reactor/clock.h"
#include "reactor/mailbox.h"
#include "reactor/reactor.h"
#include "reactor/sim_backend.h"
#include "support/allocation_counter.h"

namespace ringtalk::bench {
namespace {

using reactor::Mailbox;
using reactor::Reactor;

constexpr std::size_t kLettersMax = 65'536;

// What a letter carries: a shared event and a place, as that of a fan-out does.
struct Content {
  std::shared_ptr<const int> event = std::make_shared<const int>(1);
  std::int64_t sum = 0;
};

void burst(benchmark::State& state) {
  reactor::SimClock clock;
  reactor::SimBackend bell(clock);
  Mailbox mailbox(bell, kLettersMax);
  Content content;
  const auto post_and_deliver = [&] {
    for (int i = 0; i < state.range(0); ++i) {
      const bool is_posted =
          mailbox.post([&content, event = content.event] { content.sum += *event; });
      RINGTALK_ASSERT(is_posted, "the mailbox is too small for the burst");
    }
    benchmark::DoNotOptimize(mailbox.deliver());
  };
  post_and_deliver();  // both of its vectors have grown after the second time
  post_and_deliver();
  const AllocationCounter allocations;
  for (auto _ : state) post_and_deliver();
  allocations.report(state, state.iterations() * state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

class NaiveMailbox {
 public:
  void post(std::function<void()> letter) {
    const std::lock_guard lock(mutex_);
    letters_.push_back(std::move(letter));
  }
  bool deliver_one() {
    std::function<void()> letter;
    {
      const std::lock_guard lock(mutex_);
      if (letters_.empty()) return false;
      letter = std::move(letters_.front());
      letters_.pop_front();
    }
    letter();
    return true;
  }

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> letters_;
};

void burst_of_naive_letters(benchmark::State& state) {
  NaiveMailbox mailbox;
  Content content;
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) {
      mailbox.post([&content, event = content.event] { content.sum += *event; });
    }
    while (mailbox.deliver_one()) {
    }
    benchmark::DoNotOptimize(content.sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// A reactor on a thread of its own, asleep unless somebody writes to it.
class Neighbour {
 public:
  explicit Neighbour(reactor::BackendKind kind)
      : thread_([this, kind] {
          auto choice = reactor::make_backend(kind);
          RINGTALK_ASSERT(choice, "no backend");
          Reactor reactor(std::move(choice->backend), clock_);
          reactor_ = &reactor;
          reactor_.notify_one();
          reactor.run();
        }) {
    reactor_.wait(nullptr);
  }
  ~Neighbour() {
    Reactor& reactor = *reactor_.load();
    reactor.mailbox().post_answer([&reactor] { reactor.stop(); });
    thread_.join();
  }
  [[nodiscard]] Mailbox& mailbox() { return reactor_.load()->mailbox(); }

 private:
  reactor::SystemClock clock_;
  std::atomic<Reactor*> reactor_{nullptr};
  std::thread thread_;
};

void hop(benchmark::State& state, reactor::BackendKind kind) {
  Neighbour neighbour(kind);
  auto choice = reactor::make_backend(kind);
  if (!choice || !choice->why_not_uring.empty()) {
    return state.SkipWithError("this kernel offers no such backend");
  }
  reactor::SystemClock clock;
  Reactor here(std::move(choice->backend), clock);
  for (auto _ : state) {
    bool is_answered = false;
    neighbour.mailbox().post_answer(
        [&] { here.mailbox().post_answer([&is_answered] { is_answered = true; }); });
    while (!is_answered) here.run_turn(reactor::kNever);
  }
}

BENCHMARK(burst)->Name("mailbox_burst/ours")->Arg(1)->Arg(16)->Arg(1000);
BENCHMARK(burst_of_naive_letters)->Name("mailbox_burst/lock_each")->Arg(1)->Arg(16)->Arg(1000);
BENCHMARK_CAPTURE(hop, , reactor::BackendKind::kEpoll)
    ->Name("mailbox_round_trip_epoll/ours")
    ->UseRealTime();
BENCHMARK_CAPTURE(hop, , reactor::BackendKind::kUring)
    ->Name("mailbox_round_trip_io_uring/ours")
    ->UseRealTime();

}  // namespace
}  // namespace ringtalk::bench
