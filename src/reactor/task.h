// Task<T>: a lazy coroutine, started by the one `co_await` it gets, on the thread of its awaiter.
// Owned by whoever holds it; move-only; a task that was started must finish before it is destroyed
// (a suspended task is never destroyed). Work that nobody awaits goes to a TaskScope.
//
// Parameters of coroutines are values, or references to objects that outlive the task: never
// `string_view` or `span` (tools/tidy.py refuses them). After a `co_await`, read state again.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "reactor/frame_pool.h"
#include "reactor/result.h"

#if defined(__clang__)
#define RINGTALK_TASK_ATTRIBUTES [[nodiscard, clang::coro_return_type, clang::coro_lifetimebound]]
#define RINGTALK_COROUTINE_WRAPPER [[clang::coro_wrapper]]
#else
#define RINGTALK_TASK_ATTRIBUTES [[nodiscard]]
#define RINGTALK_COROUTINE_WRAPPER
#endif

namespace ringtalk::reactor {

template <class T>
class Task;
class TaskScope;

namespace detail {

/// Tells the scope that a child of it has ended; who is to be resumed now.
[[nodiscard]] std::coroutine_handle<> child_finished(TaskScope& scope) noexcept;

class TaskPromiseBase {
 public:
  static void* operator new(std::size_t size) { return FramePool::allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept {
    FramePool::release(frame, size);
  }

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

  struct ResumeAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
      TaskScope* scope = done.promise().scope_;
      if (scope == nullptr) return done.promise().awaiter_;
      done.destroy();  // nobody else holds it
      return child_finished(*scope);
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] ResumeAwaiter final_suspend() const noexcept { return {}; }

  // Expected failures are values; an exception here is a bug or the end of memory.
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

  void set_awaiter(std::coroutine_handle<> awaiter) { awaiter_ = awaiter; }
  void set_scope(TaskScope& scope) { scope_ = &scope; }

 private:
  std::coroutine_handle<> awaiter_;
  TaskScope* scope_ = nullptr;  // of a child that nobody awaits
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object();

  template <class U>
    requires std::constructible_from<T, U&&>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  [[nodiscard]] T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

template <class T = void>
class RINGTALK_TASK_ATTRIBUTES Task {
 public:
  using value_type = T;
  using promise_type = detail::TaskPromise<T>;

  Task(Task&& other) noexcept
      : coroutine_(std::exchange(other.coroutine_, nullptr)), started_(other.started_) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (!coroutine_) return;
    RINGTALK_ASSERT(!started_ || coroutine_.done(), "a suspended task was destroyed");
    coroutine_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(Task& task) : task_(task) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
      RINGTALK_ASSERT(!task_.started_, "a task is awaited once");
      task_.started_ = true;
      task_.coroutine_.promise().set_awaiter(awaiter);
      return task_.coroutine_;
    }
    T await_resume() { return task_.coroutine_.promise().take(); }

   private:
    Task& task_;
  };
  Awaiter operator co_await() && noexcept { return Awaiter(*this); }

 private:
  friend promise_type;
  friend TaskScope;
  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
  bool started_ = false;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace detail
}  // namespace ringtalk::reactor
