// MainDesk: the reactor of main's thread, where set-up runs and the server's /metrics are read. It
// turns only while run() waits for a task. Owned by Measurement.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::loadgen {

class MainDesk : reactor::Pinned {
 public:
  MainDesk();

  [[nodiscard]] reactor::Reactor& reactor() { return *reactor_; }

  /// What the task returns. `look` is called between turns, at least ten times a second.
  template <class T>
  T run(reactor::Task<T> task, const std::function<void()>& look = [] {}) {
    std::optional<T> value;
    scope_.spawn(keep(std::move(task), value));
    while (!value) {
      reactor_->run_turn(reactor_->after(std::chrono::milliseconds(100)));
      look();
    }
    return std::move(*value);
  }
  void run(reactor::Task<void> task);

 private:
  template <class T>
  static reactor::Task<void> keep(reactor::Task<T> task, std::optional<T>& value) {
    value.emplace(co_await std::move(task));
  }

  reactor::SystemClock clock_;
  std::unique_ptr<reactor::Reactor> reactor_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::loadgen
