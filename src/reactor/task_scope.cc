#include "reactor/task_scope.h"

#include <utility>

namespace ringtalk::reactor {

TaskScope::~TaskScope() {
  RINGTALK_ASSERT(running_ == 0, "a scope ended before its tasks");
}

// The child's own frame is all that there is of it: it destroys itself at its end.
void TaskScope::spawn(Task<void> task) {
  RINGTALK_ASSERT(!task.started_, "a task is awaited once");
  ++running_;
  const auto child = std::exchange(task.coroutine_, nullptr);
  child.promise().set_scope(*this);
  child.resume();
}

std::coroutine_handle<> detail::child_finished(TaskScope& scope) noexcept {
  --scope.running_;
  if (scope.running_ == 0 && scope.joiner_) return std::exchange(scope.joiner_, nullptr);
  return std::noop_coroutine();
}

}  // namespace ringtalk::reactor
