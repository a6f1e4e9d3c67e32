// What a coroutine costs: a task awaited from a task, frame and all, beside a plain call.
#include <benchmark/benchmark.h>

#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace {

using namespace ringtalk;

reactor::Task<int> answer(int value) {
  co_return value + 1;
}

reactor::Task<void> await_many(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) {
    value = co_await answer(value);
    benchmark::DoNotOptimize(value);
  }
}

void await_a_task(benchmark::State& state) {
  reactor::TaskScope scope;
  scope.spawn(await_many(state));
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

BENCHMARK(await_a_task);
BENCHMARK(call_a_function);

}  // namespace

BENCHMARK_MAIN();
