#include "reactor/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

#include "reactor/backend.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor {
namespace {

std::unique_ptr<Backend> epoll() {
  return std::move(make_backend(BackendKind::kEpoll)->backend);
}

class WorkerPoolTest : public testing::Test {
 protected:
  void run_until_joined() {
    while (scope_.running() > 0) reactor_.run_turn(kNever);
  }

  SystemClock clock_;
  Reactor reactor_{epoll(), clock_};
  TaskScope scope_;
};

struct Outcome {
  Result<std::thread::id> job_thread;
  std::thread::id resumed_on;
};

Task<void> ask_for_thread(WorkerPool& pool, Reactor& reactor, Outcome& outcome) {
  outcome.job_thread = co_await pool.run(reactor, [] { return std::this_thread::get_id(); });
  outcome.resumed_on = std::this_thread::get_id();
}

TEST_F(WorkerPoolTest, runs_the_job_on_a_worker_and_resumes_on_the_reactor) {
  WorkerPool pool({.threads = 1, .queue_max = 4});
  Outcome outcome;
  scope_.spawn(ask_for_thread(pool, reactor_, outcome));
  EXPECT_EQ(scope_.running(), 1U);
  run_until_joined();
  ASSERT_TRUE(outcome.job_thread.has_value());
  EXPECT_NE(*outcome.job_thread, std::this_thread::get_id());
  EXPECT_EQ(outcome.resumed_on, std::this_thread::get_id());
}

Task<void> move_through(WorkerPool& pool, Reactor& reactor, int& into) {
  auto box = std::make_unique<int>(20);
  auto answer = co_await pool.run(reactor, [box = std::move(box)]() mutable {
    *box += 1;
    return std::move(box);
  });
  into = **answer;
}

TEST_F(WorkerPoolTest, moves_jobs_and_answers_that_cannot_be_copied) {
  WorkerPool pool({.threads = 1, .queue_max = 4});
  int value = 0;
  scope_.spawn(move_through(pool, reactor_, value));
  run_until_joined();
  EXPECT_EQ(value, 21);
}

struct Tally {
  int done = 0;
  int refused = 0;
};

Task<void> wait_for(WorkerPool& pool, Reactor& reactor, std::latch& latch, Tally& tally) {
  const Result<bool> result = co_await pool.run(reactor, [&latch] {
    latch.wait();
    return true;
  });
  if (result) {
    ++tally.done;
  } else {
    EXPECT_EQ(result.error().kind, ErrorKind::kOverloaded);
    ++tally.refused;
  }
}

TEST_F(WorkerPoolTest, refuses_at_once_the_job_past_its_queue) {
  WorkerPool pool({.threads = 1, .queue_max = 2});
  std::latch latch(1);
  Tally tally;
  scope_.spawn(wait_for(pool, reactor_, latch, tally));
  while (pool.waiting() > 0) std::this_thread::yield();  // the worker has taken it

  scope_.spawn(wait_for(pool, reactor_, latch, tally));
  scope_.spawn(wait_for(pool, reactor_, latch, tally));
  EXPECT_EQ(pool.waiting(), 2U);
  EXPECT_EQ(tally.refused, 0);
  scope_.spawn(wait_for(pool, reactor_, latch, tally));
  EXPECT_EQ(tally.refused, 1);

  latch.count_down();
  run_until_joined();
  EXPECT_EQ(tally.done, 3);
  EXPECT_EQ(tally.refused, 1);
}

Task<void> add_many(WorkerPool& pool, Reactor& reactor, int count, std::atomic<int>& sum) {
  for (int i = 0; i < count; ++i) {
    const Result<int> one = co_await pool.run(reactor, [&sum] { return ++sum, 1; });
    EXPECT_EQ(one.value_or(0), 1);
  }
}

TEST_F(WorkerPoolTest, serves_several_reactors_at_once) {
  constexpr int kReactors = 3;
  constexpr int kTasks = 5;
  constexpr int kJobs = 200;
  WorkerPool pool({.threads = 3, .queue_max = 64});
  std::atomic<int> sum = 0;
  std::vector<std::thread> shards;
  for (int i = 0; i < kReactors; ++i) {
    shards.emplace_back([&pool, &sum] {
      SystemClock clock;
      Reactor reactor(epoll(), clock);
      TaskScope scope;
      for (int task = 0; task < kTasks; ++task) scope.spawn(add_many(pool, reactor, kJobs, sum));
      // The reactor ends right after the last answer, while its worker may not have turned yet.
      while (scope.running() > 0) reactor.run_turn(kNever);
    });
  }
  for (std::thread& shard : shards) shard.join();
  EXPECT_EQ(sum, kReactors * kTasks * kJobs);
}

}  // namespace
}  // namespace ringtalk::reactor
