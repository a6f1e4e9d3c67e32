#include "loadgen/traffic/alarm.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ringtalk::loadgen {
namespace {

using reactor::Result;
using reactor::Task;

timespec to_timespec(reactor::TimePoint at) {
  const auto since = at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {.tv_sec = seconds.count(), .tv_nsec = (since - seconds).count()};
}

}  // namespace

Alarm::Alarm(reactor::Reactor& reactor, std::function<void()> rung)
    : rung_(std::move(rung)), watcher_(reactor) {}

Alarm::~Alarm() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// steady_clock is CLOCK_MONOTONIC.
Result<void> Alarm::open() {
  descriptor_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (descriptor_ < 0) return std::unexpected(reactor::system_error(errno, "timerfd_create"));
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // of this thread; failing costs precision alone
  scope_.spawn(watch());
  return {};
}

void Alarm::set(reactor::TimePoint at) {
  itimerspec when{};
  when.it_value = to_timespec(at);
  if (when.it_value.tv_sec <= 0 && when.it_value.tv_nsec <= 0) when.it_value.tv_nsec = 1;
  ::timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &when, nullptr);
}

void Alarm::clear() {
  const itimerspec never{};
  ::timerfd_settime(descriptor_, 0, &never, nullptr);
}

Task<void> Alarm::watch() {
  while (!is_closing_) {
    const auto ready = co_await watcher_.wait(descriptor_, POLLIN);
    if (is_closing_ || !ready) co_return;
    std::uint64_t times = 0;
    if (::read(descriptor_, &times, sizeof times) == sizeof times) rung_();
  }
}

Task<void> Alarm::close() {
  is_closing_ = true;
  watcher_.interrupt();
  co_await scope_.join();
}

}  // namespace ringtalk::loadgen
