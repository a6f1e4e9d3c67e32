#include "reactor/fd_watcher.h"

#include <utility>

namespace ringtalk::reactor {

void FdWatcher::WaitAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  RINGTALK_ASSERT(!watcher_.waiter_, "one waits on a descriptor at a time");
  watcher_.waiter_ = waiter;
  watcher_.timed_out_ = false;
  watcher_.operation_.descriptor = descriptor_;
  watcher_.operation_.events = events_;
  watcher_.reactor_.backend().poll(watcher_.operation_);
  if (deadline_ != kNever) watcher_.reactor_.timers().schedule(watcher_.timer_, deadline_);
}

Result<std::uint32_t> FdWatcher::WaitAwaiter::await_resume() {
  const int result = watcher_.result_;
  if (result >= 0) return static_cast<std::uint32_t>(result);
  if (result == -ECANCELED && watcher_.timed_out_) {
    return fail(ErrorKind::kTimedOut, "the descriptor was not ready in time");
  }
  return std::unexpected(system_error(-result, "poll"));
}

void FdWatcher::interrupt() {
  if (is_waiting()) reactor_.backend().cancel(operation_);
}

// Called from the top of a turn, so the waiter may be resumed here. It may end the watcher.
void FdWatcher::Poll::on_completion(Completion& completion) {
  FdWatcher& watcher = watcher_;
  watcher.result_ = completion.result;
  watcher.timer_.cancel();
  std::exchange(watcher.waiter_, nullptr).resume();
}

void FdWatcher::Timeout::expired() {
  watcher_.timed_out_ = true;
  watcher_.reactor_.backend().cancel(watcher_.operation_);
}

}  // namespace ringtalk::reactor
