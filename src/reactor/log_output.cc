#include "reactor/log_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <thread>

namespace ringtalk::reactor {

bool LogOutput::is_terminal() const {
  return ::isatty(descriptor_) == 1;
}

bool LogOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_writable()) {
      if (!has_patience()) return false;
      continue;
    }
    // A pipe that poll() calls writable takes this much without blocking (pipe(7)).
    const std::size_t piece = std::min<std::size_t>(bytes.size(), PIPE_BUF);
    const ssize_t written = ::write(descriptor_, bytes.data(), piece);
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      std::this_thread::sleep_for(kStep);
      if (!has_patience()) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// Called after each step of waiting.
bool LogOutput::has_patience() {
  if (!stopping_.load(std::memory_order_relaxed)) return true;
  waited_at_stop_ += kStep;
  return waited_at_stop_ < kPatienceAtStop;
}

// Also true on errors, which the write will tell.
bool LogOutput::wait_writable() const {
  pollfd descriptor{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  return ::poll(&descriptor, 1, static_cast<int>(kStep.count())) != 0;
}

}  // namespace ringtalk::reactor
