// Runs coroutines in tests: turns a reactor until something is so, or a task is done. Both have a
// bound, in the reactor's own time (virtual over a SimBackend) and in turns, so that a test that
// waits for what never comes ends with words. Test code; one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::test_support {

inline constexpr reactor::Duration kPatience = std::chrono::seconds(10);
inline constexpr int kTurnsMax = 1'000'000;

/// False when `patience` was not enough.
inline bool turn_until(reactor::Reactor& reactor, const std::function<bool()>& is_so,
                       reactor::Duration patience = kPatience) {
  const reactor::Deadline end = reactor.after(patience);
  for (int turns = 0; !is_so(); ++turns) {
    if (turns == kTurnsMax || reactor.now() >= end) return false;
    reactor.run_turn(end);
  }
  return true;
}

inline void turn_for(reactor::Reactor& reactor, reactor::Duration span) {
  turn_until(reactor, [] { return false; }, span);
}

inline void join(reactor::Reactor& reactor, reactor::TaskScope& scope,
                 reactor::Duration patience = kPatience) {
  const bool joined = turn_until(reactor, [&] { return scope.running() == 0; }, patience);
  RINGTALK_ASSERT(joined, "a task of a test waits for what never comes");
}

template <class T>
reactor::Task<void> keep_value(reactor::Task<T> task, std::optional<T>& into) {
  into.emplace(co_await std::move(task));
}

/// What `task` returns.
template <class T>
T run(reactor::Reactor& reactor, reactor::Task<T> task, reactor::Duration patience = kPatience) {
  reactor::TaskScope scope;
  if constexpr (std::is_void_v<T>) {
    scope.spawn(std::move(task));
    join(reactor, scope, patience);
  } else {
    std::optional<T> value;
    scope.spawn(keep_value(std::move(task), value));
    join(reactor, scope, patience);
    return std::move(*value);
  }
}

}  // namespace ringtalk::test_support
