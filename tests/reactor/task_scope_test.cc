#include "reactor/task_scope.h"

#include <gtest/gtest.h>

#include <coroutine>
#include <deque>
#include <utility>

namespace ringtalk::reactor {
namespace {

// Coroutines wait here until they are let through, first come, first served.
class Gate {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) { waiting_.push_back(waiter); }
  void await_resume() const noexcept {}
  void let_one_through() {
    const std::coroutine_handle<> first = waiting_.front();
    waiting_.pop_front();
    first.resume();
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  std::deque<std::coroutine_handle<>> waiting_;
};

Task<void> pass(Gate& gate, int& passed) {
  co_await gate;
  ++passed;
}

Task<void> join_then_mark(TaskScope& scope, bool& joined) {
  co_await scope.join();
  joined = true;
}

TEST(TaskScope, starts_a_child_within_spawn_up_to_its_first_suspension) {
  TaskScope scope;
  Gate gate;
  int passed = 0;
  scope.spawn(pass(gate, passed));
  EXPECT_EQ(gate.waiting(), 1U);
  EXPECT_EQ(scope.running(), 1U);
  gate.let_one_through();
  EXPECT_EQ(passed, 1);
  EXPECT_EQ(scope.running(), 0U);
}

TEST(TaskScope, join_returns_at_once_when_nothing_runs) {
  TaskScope joiners;
  TaskScope scope;
  bool joined = false;
  joiners.spawn(join_then_mark(scope, joined));
  EXPECT_TRUE(joined);
}

TEST(TaskScope, join_waits_for_the_last_child) {
  TaskScope joiners;
  TaskScope scope;
  Gate gate;
  int passed = 0;
  bool joined = false;
  for (int i = 0; i < 3; ++i) scope.spawn(pass(gate, passed));
  joiners.spawn(join_then_mark(scope, joined));

  gate.let_one_through();
  gate.let_one_through();
  EXPECT_FALSE(joined);
  gate.let_one_through();

  EXPECT_TRUE(joined);
  EXPECT_EQ(passed, 3);
}

TEST(TaskScope, join_waits_for_children_that_come_while_it_waits) {
  TaskScope joiners;
  TaskScope scope;
  Gate gate;
  int passed = 0;
  bool joined = false;
  scope.spawn(pass(gate, passed));
  joiners.spawn(join_then_mark(scope, joined));
  scope.spawn(pass(gate, passed));

  gate.let_one_through();
  EXPECT_FALSE(joined);
  gate.let_one_through();
  EXPECT_TRUE(joined);
}

Task<void> spawn_another(TaskScope& scope, Gate& gate, int& passed) {
  scope.spawn(pass(gate, passed));
  co_return;
}

TEST(TaskScope, a_child_may_spawn_into_its_own_scope) {
  TaskScope scope;
  Gate gate;
  int passed = 0;
  scope.spawn(spawn_another(scope, gate, passed));
  EXPECT_EQ(scope.running(), 1U);
  gate.let_one_through();
  EXPECT_EQ(scope.running(), 0U);
}

struct Owner {
  TaskScope scope;
};

Task<void> join_then_end(Owner*& owner) {
  co_await owner->scope.join();
  delete std::exchange(owner, nullptr);
}

TEST(TaskScope, its_owner_may_end_right_after_the_join) {
  TaskScope joiners;
  auto* owner = new Owner;
  Gate gate;
  int passed = 0;
  owner->scope.spawn(pass(gate, passed));
  joiners.spawn(join_then_end(owner));
  gate.let_one_through();
  EXPECT_EQ(owner, nullptr);
}

TEST(TaskScopeDeathTest, must_not_end_before_its_children) {
  EXPECT_DEATH(
      {
        Gate gate;
        int passed = 0;
        TaskScope scope;
        scope.spawn(pass(gate, passed));
      },
      "a scope ended before its tasks");
}

TEST(TaskScopeDeathTest, has_one_joiner_at_a_time) {
  EXPECT_DEATH(
      {
        TaskScope joiners;
        TaskScope scope;
        Gate gate;
        int passed = 0;
        bool joined = false;
        scope.spawn(pass(gate, passed));
        joiners.spawn(join_then_mark(scope, joined));
        joiners.spawn(join_then_mark(scope, joined));
      },
      "a scope has one joiner");
}

}  // namespace
}  // namespace ringtalk::reactor
