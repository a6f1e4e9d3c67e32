// LogOutput: the descriptor that log lines go to, and the patience with it. It waits until the
// descriptor takes bytes, but once the logger is stopping only for a second in all. Owned by the
// Logger; its writing thread.
#pragma once

#include <atomic>
#include <chrono>
#include <string_view>

#include "reactor/pinned.h"

namespace ringtalk::reactor {

class LogOutput : Pinned {
 public:
  /// `stopping` may be set by another thread.
  LogOutput(int descriptor, const std::atomic<bool>& stopping)
      : descriptor_(descriptor), stopping_(stopping) {}

  [[nodiscard]] bool is_terminal() const;

  /// False when not all of it could be written: nobody reads any more, or not in time.
  [[nodiscard]] bool write(std::string_view bytes);

 private:
  static constexpr std::chrono::milliseconds kStep{50};
  static constexpr std::chrono::milliseconds kPatienceAtStop{1000};

  [[nodiscard]] bool has_patience();
  [[nodiscard]] bool wait_writable() const;

  const int descriptor_;
  const std::atomic<bool>& stopping_;
  std::chrono::milliseconds waited_at_stop_{0};
};

}  // namespace ringtalk::reactor
