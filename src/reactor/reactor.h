// Reactor: one thread's loop. A turn: deliver completions → letters → resume what is ready → expire
// timers → before-sleep hooks → submit and wait. now() stands still within a turn. Owned by a shard
// (or a test); everything but mailbox().post and stop_from_any_thread() belongs to its thread.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>
#include <vector>

#include "reactor/backend.h"
#include "reactor/clock.h"
#include "reactor/mailbox.h"
#include "reactor/pinned.h"
#include "reactor/send_batch.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::reactor {

/// Called once before the reactor sleeps, when asked for in this turn: the place where everything
/// that a turn has for a socket leaves in one send. A member of its owner; unlinks itself.
class BeforeSleep : Pinned {
 public:
  virtual ~BeforeSleep() = default;
  [[nodiscard]] bool is_asked() const { return asked_; }

 protected:
  virtual void before_sleep() = 0;

 private:
  friend class Reactor;
  bool asked_ = false;
};

struct ReactorFigures {
  std::uint64_t turns = 0;
  std::uint64_t letters = 0;
  std::uint64_t resumed = 0;
  Duration longest_turn{};  // since the last reading
};

class Reactor : Pinned {
 public:
  struct Options {
    std::size_t letters_max = 65'536;
  };
  Reactor(std::unique_ptr<Backend> backend, ClockSource& clock);
  Reactor(std::unique_ptr<Backend> backend, ClockSource& clock, Options options);
  /// Nothing may be in flight any more.
  ~Reactor();

  /// Turns until stop(). Whoever stops it has joined its own tasks before.
  void run();
  /// One turn that sleeps until `until` at the most: tests and simulations.
  void run_turn(Deadline until);
  void stop() { stopped_ = true; }

  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] Deadline after(Duration timeout) const { return now_ + timeout; }
  [[nodiscard]] std::int64_t unix_milliseconds() { return clock_.unix_milliseconds(); }

  [[nodiscard]] Backend& backend() { return *backend_; }
  [[nodiscard]] TimerWheel& timers() { return timers_; }
  [[nodiscard]] Mailbox& mailbox() { return mailbox_; }
  [[nodiscard]] SendBatchPool& send_batches() { return send_batches_; }

  /// Resumed later in this turn or in the next one, never from inside this call.
  void make_ready(std::coroutine_handle<> coroutine) { ready_.push_back(coroutine); }
  void ask_before_sleep(BeforeSleep& hook);
  /// The hook will not be called any more (its owner goes away).
  void forget_before_sleep(BeforeSleep& hook);

  /// `co_await reactor.yield()`: let others run; go on in the next round.
  struct YieldAwaiter {
    Reactor& reactor;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { reactor.make_ready(self); }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] YieldAwaiter yield() { return YieldAwaiter{*this}; }

  /// `co_await reactor.sleep_until(deadline)`; cannot be cancelled, keep it short.
  class SleepAwaiter : Timer {
   public:
    SleepAwaiter(Reactor& reactor, Deadline deadline) : reactor_(reactor), deadline_(deadline) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) {
      self_ = self;
      reactor_.timers().schedule(*this, deadline_);
    }
    void await_resume() const noexcept {}

   private:
    void expired() override { reactor_.make_ready(self_); }
    Reactor& reactor_;
    Deadline deadline_;
    std::coroutine_handle<> self_;
  };
  [[nodiscard]] SleepAwaiter sleep_until(Deadline deadline) { return {*this, deadline}; }
  [[nodiscard]] SleepAwaiter sleep_for(Duration timeout) { return {*this, now_ + timeout}; }

  [[nodiscard]] ReactorFigures figures();

 private:
  void deliver_completions();
  void resume_ready();
  void run_hooks();

  std::unique_ptr<Backend> backend_;
  ClockSource& clock_;
  TimePoint now_;
  TimerWheel timers_;
  Mailbox mailbox_;
  SendBatchPool send_batches_;
  std::vector<Completion> completed_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> resuming_;  // swapped with ready_; keeps its capacity
  std::vector<BeforeSleep*> hooks_;
  std::vector<BeforeSleep*> running_hooks_;
  ReactorFigures figures_;
  bool stopped_ = false;
};

}  // namespace ringtalk::reactor
