// FdWatcher: readiness of a descriptor that a library owns (libpq). The library does the calls; we
// say when. Pinned; owned by the connection object; one waiter at a time; the reactor's thread.
#pragma once

#include <coroutine>
#include <cstdint>

#include "reactor/operation.h"
#include "reactor/reactor.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

class FdWatcher : Pinned {
 public:
  explicit FdWatcher(Reactor& reactor) : reactor_(reactor), operation_(*this), timer_(*this) {}

  /// `co_await watcher.wait(fd, POLLIN | POLLOUT, deadline)` → the ready events (POLLERR and
  /// POLLHUP may be among them), kTimedOut, or kCancelled after interrupt().
  class WaitAwaiter {
   public:
    WaitAwaiter(FdWatcher& watcher, int descriptor, std::uint32_t events, Deadline deadline)
        : watcher_(watcher), descriptor_(descriptor), events_(events), deadline_(deadline) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter);
    [[nodiscard]] Result<std::uint32_t> await_resume();

   private:
    FdWatcher& watcher_;
    int descriptor_;
    std::uint32_t events_;
    Deadline deadline_;
  };
  [[nodiscard]] WaitAwaiter wait(int descriptor, std::uint32_t events, Deadline deadline = kNever) {
    return {*this, descriptor, events, deadline};
  }

  [[nodiscard]] bool is_waiting() const { return waiter_ != nullptr; }

  /// Ends a wait early (kCancelled; its caller still resumes later, from the loop): there is more
  /// to watch for, or the connection goes away. Does nothing when nobody waits.
  void interrupt();

 private:
  class Poll final : public PollOperation {
   public:
    explicit Poll(FdWatcher& watcher) : watcher_(watcher) {}
    void on_completion(Completion& completion) override;

   private:
    FdWatcher& watcher_;
  };
  class Timeout final : public Timer {
   public:
    explicit Timeout(FdWatcher& watcher) : watcher_(watcher) {}

   private:
    void expired() override;
    FdWatcher& watcher_;
  };

  Reactor& reactor_;
  Poll operation_;
  Timeout timer_;
  std::coroutine_handle<> waiter_;
  int result_ = 0;
  bool timed_out_ = false;
};

}  // namespace ringtalk::reactor
