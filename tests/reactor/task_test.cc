#include "reactor/task.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "reactor/frame_pool.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor {
namespace {

// Suspends until it is opened by hand.
class Gate {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  void await_resume() const noexcept {}
  [[nodiscard]] bool is_waited_for() const { return waiter_ != nullptr; }
  void open() { std::exchange(waiter_, nullptr).resume(); }

 private:
  std::coroutine_handle<> waiter_;
};

Task<int> mark_and_return(bool& ran, int value) {
  ran = true;
  co_return value;
}

Task<void> store(Task<int> task, int& into) {
  into = co_await std::move(task);
}

TEST(Task, does_not_run_before_it_is_awaited) {
  TaskScope scope;
  bool ran = false;
  int value = 0;
  Task<int> task = mark_and_return(ran, 7);
  EXPECT_FALSE(ran);

  scope.spawn(store(std::move(task), value));

  EXPECT_TRUE(ran);
  EXPECT_EQ(value, 7);
}

TEST(Task, never_runs_when_nobody_awaits_it) {
  bool ran = false;
  {
    const Task<int> task = mark_and_return(ran, 7);
  }
  EXPECT_FALSE(ran);
}

Task<std::unique_ptr<int>> make_box(int value) {
  co_return std::make_unique<int>(value);
}

Task<void> open_box(int& into) {
  const std::unique_ptr<int> box = co_await make_box(11);
  into = *box;
}

TEST(Task, returns_values_that_can_only_be_moved) {
  TaskScope scope;
  int value = 0;
  scope.spawn(open_box(value));
  EXPECT_EQ(value, 11);
}

Task<Result<int>> half_of(int number) {
  if (number % 2 != 0) co_return fail(ErrorKind::kInvalid, "odd");
  co_return number / 2;
}

Task<void> try_half(int number, Result<int>& into) {
  into = co_await half_of(number);
}

TEST(Task, carries_failures_as_values) {
  TaskScope scope;
  Result<int> even;
  Result<int> odd;
  scope.spawn(try_half(8, even));
  scope.spawn(try_half(9, odd));
  ASSERT_TRUE(even.has_value());
  EXPECT_EQ(*even, 4);
  ASSERT_FALSE(odd.has_value());
  EXPECT_EQ(odd.error().kind, ErrorKind::kInvalid);
}

Task<int> one() {
  co_return 1;
}

Task<void> add_many(int count, int& sum) {
  for (int i = 0; i < count; ++i) sum += co_await one();
}

TEST(Task, a_million_awaits_in_a_row_need_no_stack) {
  TaskScope scope;
  int sum = 0;
  scope.spawn(add_many(1'000'000, sum));
  EXPECT_EQ(sum, 1'000'000);
}

Task<int> count_down(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await count_down(depth - 1);
}

Task<void> measure_depth(int depth, int& into) {
  into = co_await count_down(depth);
}

TEST(Task, a_deep_chain_of_awaits_unwinds_without_stack) {
#if defined(__OPTIMIZE__)
  constexpr int kDepth = 1'000'000;
#else
  constexpr int kDepth = 10'000;  // without optimisation there are no tail calls
#endif
  TaskScope scope;
  int depth = 0;
  scope.spawn(measure_depth(kDepth, depth));
  EXPECT_EQ(depth, kDepth);
}

Task<void> wait_at(Gate& gate, std::shared_ptr<int> held) {
  co_await gate;
  *held += 1;
}

TEST(Task, frees_what_its_frame_holds_when_it_has_finished) {
  TaskScope scope;
  Gate gate;
  auto held = std::make_shared<int>(0);
  scope.spawn(wait_at(gate, held));
  EXPECT_EQ(held.use_count(), 2);

  gate.open();

  EXPECT_EQ(*held, 1);
  EXPECT_EQ(held.use_count(), 1);
}

// The first resume by hand: a Task itself can only be awaited.
struct Starter {
  struct promise_type {
    Starter get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
  std::coroutine_handle<promise_type> coroutine;
};

Starter start_by_reference(Task<int>& task) {
  (void)co_await std::move(task);
}

Task<int> wait_then_return(Gate& gate) {
  co_await gate;
  co_return 1;
}

void end_a_suspended_task() {
  Gate gate;
  std::optional<Task<int>> task;
  task.emplace(wait_then_return(gate));
  start_by_reference(*task);
  task.reset();
}

TEST(TaskDeathTest, a_suspended_task_must_not_be_destroyed) {
  EXPECT_DEATH(end_a_suspended_task(), "a suspended task was destroyed");
}

void await_twice() {
  bool ran = false;
  Task<int> task = mark_and_return(ran, 1);
  start_by_reference(task);
  start_by_reference(task);
}

TEST(TaskDeathTest, a_task_must_not_be_awaited_twice) {
  EXPECT_DEATH(await_twice(), "a task is awaited once");
}

#if !__has_feature(address_sanitizer)
TEST(FramePool, gives_a_released_frame_to_the_next_of_its_size) {
  void* first = FramePool::allocate(200);
  FramePool::release(first, 200);
  void* same_class = FramePool::allocate(193);
  EXPECT_EQ(first, same_class);
  void* other_class = FramePool::allocate(192);
  EXPECT_NE(first, other_class);
  FramePool::release(same_class, 193);
  FramePool::release(other_class, 192);
}
#endif

TEST(FramePool, serves_frames_larger_than_it_keeps) {
  void* large = FramePool::allocate(100'000);
  ASSERT_NE(large, nullptr);
  FramePool::release(large, 100'000);
}

}  // namespace
}  // namespace ringtalk::reactor
