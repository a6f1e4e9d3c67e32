// Alarm: wakes its reactor at a point in time to within some 50 µs, where a timer of the wheel is
// up to a millisecond late: half of that would stand in every latency that is measured. Member of
// a Station; the reactor's thread.
#pragma once

#include <functional>

#include "reactor/fd_watcher.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::loadgen {

class Alarm : reactor::Pinned {
 public:
  /// `rung` is called from the loop, at or after the time that was set.
  Alarm(reactor::Reactor& reactor, std::function<void()> rung);
  ~Alarm();

  [[nodiscard]] reactor::Result<void> open();
  /// In place of what was set before. A time in the past rings at once.
  void set(reactor::TimePoint at);
  void clear();
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Task<void> watch();

  std::function<void()> rung_;
  reactor::FdWatcher watcher_;
  reactor::TaskScope scope_;
  int descriptor_ = -1;
  bool is_closing_ = false;
};

}  // namespace ringtalk::loadgen
