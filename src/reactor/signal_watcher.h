// SignalWatcher: SIGTERM and SIGINT (or others) as events on one reactor, by signalfd. The signals
// must be blocked in every thread: call block_signals() in main before any thread starts.
#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>

#include "reactor/fd_watcher.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor {

/// Blocks the signals in the calling thread and those it starts later; ignores SIGPIPE.
void block_signals(std::initializer_list<int> signals);

/// Whether one of these, blocked as above, waits to be taken. It goes on waiting.
[[nodiscard]] bool is_signal_pending(std::initializer_list<int> signals);

class SignalWatcher : Pinned {
 public:
  using Handler = std::move_only_function<void(int signal)>;
  SignalWatcher(Reactor& reactor, std::initializer_list<int> signals, Handler handler);
  ~SignalWatcher();

  [[nodiscard]] Result<void> open();
  [[nodiscard]] Task<void> close();

 private:
  [[nodiscard]] Task<void> watch();

  sigset_t signals_;
  Handler handler_;
  FdWatcher watcher_;
  TaskScope scope_;
  int descriptor_ = -1;
  bool closing_ = false;
};

}  // namespace ringtalk::reactor
