// Pause: a sleep that somebody else may end early, so that a task which works in intervals can be
// closed without waiting one out. Member of that task's owner; one waiter; the reactor's thread.
//
//   while (!is_closing_) { co_await work(); if (!is_closing_) co_await pause_.lasting(interval); }
#pragma once

#include <coroutine>
#include <utility>

#include "reactor/reactor.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::reactor {

class Pause final : Timer {
 public:
  explicit Pause(Reactor& reactor) : reactor_(reactor) {}

  class Awaiter {
   public:
    Awaiter(Pause& pause, Duration duration) : pause_(pause), duration_(duration) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      pause_.waiter_ = waiter;
      pause_.reactor_.timers().schedule(pause_, pause_.reactor_.after(duration_));
    }
    void await_resume() const noexcept {}

   private:
    Pause& pause_;
    Duration duration_;
  };
  [[nodiscard]] Awaiter lasting(Duration duration) { return {*this, duration}; }

  /// Whoever waits goes on, from the loop. Nothing to do when nobody does.
  void end() {
    cancel();
    if (waiter_) reactor_.make_ready(std::exchange(waiter_, nullptr));
  }

 private:
  void expired() override { end(); }

  Reactor& reactor_;
  std::coroutine_handle<> waiter_;
};

}  // namespace ringtalk::reactor
