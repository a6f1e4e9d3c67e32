// What a coroutine costs: a task awaited from a task, frame and all. The naive twin takes each
// frame from the heap, as a task type does that has no pool; a plain call shows the floor.
#include <benchmark/benchmark.h>

#include <coroutine>
#include <exception>
#include <utility>

#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "support/allocation_counter.h"

namespace ringtalk::bench {
namespace {

using reactor::Task;
using reactor::TaskScope;

// Never inlined: else the compiler may see through the call and leave the frame out.
[[gnu::noinline]] Task<int> answer(int value) {
  co_return value + 1;
}

Task<void> await_many(benchmark::State& state) {
  int value = co_await answer(0);  // the pool has a frame from here on
  const AllocationCounter allocations;
  for (auto _ : state) {
    value = co_await answer(value);
    benchmark::DoNotOptimize(value);
  }
  allocations.report(state, state.iterations());
}

void await_a_task(benchmark::State& state) {
  TaskScope scope;
  scope.spawn(await_many(state));
}

// Task<int> as it would be with frames from the heap.
class HeapTask {
 public:
  struct promise_type {
    HeapTask get_return_object() {
      return HeapTask(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct ResumeAwaiter {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
        return done.promise().awaiter;
      }
      void await_resume() noexcept {}
    };
    ResumeAwaiter final_suspend() noexcept { return {}; }
    void return_value(int result) { value = result; }
    [[noreturn]] void unhandled_exception() { std::terminate(); }

    std::coroutine_handle<> awaiter;
    int value = 0;
  };

  explicit HeapTask(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  HeapTask(const HeapTask&) = delete;
  HeapTask& operator=(const HeapTask&) = delete;
  ~HeapTask() { coroutine_.destroy(); }

  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) {
    coroutine_.promise().awaiter = awaiter;
    return coroutine_;
  }
  int await_resume() { return coroutine_.promise().value; }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

[[gnu::noinline]] HeapTask heap_answer(int value) {
  co_return value + 1;
}

Task<void> await_many_from_heap(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) {
    value = co_await heap_answer(value);
    benchmark::DoNotOptimize(value);
  }
}

void await_a_heap_task(benchmark::State& state) {
  TaskScope scope;
  scope.spawn(await_many_from_heap(state));
}

[[gnu::noinline]] int plain_answer(int value) {
  return value + 1;
}

void call_a_function(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) {
    value = plain_answer(value);
    benchmark::DoNotOptimize(value);
  }
}

BENCHMARK(await_a_task)->Name("task_await/ours");
BENCHMARK(await_a_heap_task)->Name("task_await/heap_frame");
BENCHMARK(call_a_function)->Name("task_await/plain_call");

}  // namespace
}  // namespace ringtalk::bench
