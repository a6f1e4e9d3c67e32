#include "reactor/task_scope.h"

#include <exception>
#include <utility>

namespace ringtalk::reactor {

// The frame around one child: it destroys itself at its end and hands control to the joiner.
struct TaskScope::Child {
  struct promise_type {
    explicit promise_type(TaskScope& scope, Task<void>&) : scope_(scope) {}

    static void* operator new(std::size_t size) { return FramePool::allocate(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
      FramePool::release(frame, size);
    }

    Child get_return_object() {
      return Child{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    struct Finish {
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> child) const noexcept {
        TaskScope& scope = child.promise().scope_;
        child.destroy();
        return scope.child_finished();
      }
      void await_resume() const noexcept {}
    };
    [[nodiscard]] Finish final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

    TaskScope& scope_;
  };

  std::coroutine_handle<promise_type> coroutine;
};

TaskScope::~TaskScope() {
  RINGTALK_ASSERT(running_ == 0, "a scope ended before its tasks");
}

void TaskScope::spawn(Task<void> task) {
  ++running_;
  run_child(*this, std::move(task)).coroutine.resume();
}

TaskScope::Child TaskScope::run_child(TaskScope&, Task<void> task) {
  co_await std::move(task);
}

std::coroutine_handle<> TaskScope::child_finished() {
  --running_;
  if (running_ == 0 && joiner_) return std::exchange(joiner_, nullptr);
  return std::noop_coroutine();
}

}  // namespace ringtalk::reactor
