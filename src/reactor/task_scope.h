// TaskScope: the parent of tasks that nobody awaits one by one. A member of the object whose
// references its tasks use; that object's close() awaits join() before anything is released.
// One thread. Children start at once and run to their first suspension inside spawn().
#pragma once

#include <coroutine>
#include <cstddef>

#include "reactor/pinned.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

class TaskScope : Pinned {
 public:
  TaskScope() = default;
  /// A scope must be joined, or have no running child, before it ends.
  ~TaskScope();

  void spawn(Task<void> task);

  [[nodiscard]] std::size_t running() const { return running_; }

  /// Suspends until no child runs. One joiner at a time. New children may be spawned meanwhile and
  /// are waited for too: refuse new work first.
  class JoinAwaiter {
   public:
    explicit JoinAwaiter(TaskScope& scope) : scope_(scope) {}
    [[nodiscard]] bool await_ready() const noexcept { return scope_.running_ == 0; }
    void await_suspend(std::coroutine_handle<> joiner) noexcept {
      RINGTALK_ASSERT(!scope_.joiner_, "a scope has one joiner");
      scope_.joiner_ = joiner;
    }
    void await_resume() const noexcept {}

   private:
    TaskScope& scope_;
  };
  [[nodiscard]] JoinAwaiter join() { return JoinAwaiter(*this); }

 private:
  friend std::coroutine_handle<> detail::child_finished(TaskScope& scope) noexcept;

  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
};

}  // namespace ringtalk::reactor
