#include "reactor/signal_watcher.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <algorithm>

#include <cerrno>
#include <utility>

namespace ringtalk::reactor {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

void block_signals(std::initializer_list<int> signals) {
  const sigset_t set = set_of(signals);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool is_signal_pending(std::initializer_list<int> signals) {
  sigset_t pending;
  ::sigemptyset(&pending);
  ::sigpending(&pending);
  return std::ranges::any_of(signals, [&](int signal) { return ::sigismember(&pending, signal); });
}

SignalWatcher::SignalWatcher(Reactor& reactor, std::initializer_list<int> signals, Handler handler)
    : signals_(set_of(signals)), handler_(std::move(handler)), watcher_(reactor) {}

SignalWatcher::~SignalWatcher() {
  RINGTALK_ASSERT(descriptor_ < 0, "a signal watcher ended without close()");
}

Result<void> SignalWatcher::open() {
  descriptor_ = ::signalfd(-1, &signals_, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) return std::unexpected(system_error(errno, "signalfd"));
  closing_ = false;
  scope_.spawn(watch());
  return {};
}

Task<void> SignalWatcher::close() {
  closing_ = true;
  watcher_.interrupt();
  co_await scope_.join();
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Task<void> SignalWatcher::watch() {
  while (!closing_) {
    const Result<std::uint32_t> ready = co_await watcher_.wait(descriptor_, POLLIN);
    if (!ready) co_return;
    signalfd_siginfo signal{};
    while (!closing_ && ::read(descriptor_, &signal, sizeof signal) == sizeof signal) {
      handler_(static_cast<int>(signal.ssi_signo));
    }
  }
}

}  // namespace ringtalk::reactor
