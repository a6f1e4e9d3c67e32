#include "reactor/connect.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <coroutine>
#include <utility>

#include "reactor/operation.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::reactor {
namespace {

/// One connect() with its deadline; lives in the frame of connect_to().
class Attempt final : ConnectOperation, Timer {
 public:
  Attempt(Reactor& reactor, int socket, const SocketAddress& to, Deadline deadline)
      : reactor_(reactor), deadline_(deadline) {
    descriptor = socket;
    address = to.storage;
    address_length = to.length;
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    reactor_.backend().connect(*this);
    if (deadline_ != kNever) reactor_.timers().schedule(*this, deadline_);
  }
  /// As the system call: 0 or −errno; −ETIMEDOUT after the deadline.
  [[nodiscard]] int await_resume() const { return result_; }

 private:
  void on_completion(Completion& completion) override {
    Timer::cancel();
    result_ = timed_out_ && completion.result < 0 ? -ETIMEDOUT : completion.result;
    reactor_.make_ready(std::exchange(waiter_, nullptr));
  }
  void expired() override {
    timed_out_ = true;
    reactor_.backend().cancel(*this);
  }

  Reactor& reactor_;
  const Deadline deadline_;
  std::coroutine_handle<> waiter_;
  bool timed_out_ = false;
  int result_ = 0;
};

// With a source address the kernel may give one port to several connections, if they lead to
// different places: the port is chosen when connecting, and not by bind().
Result<void> bind_to(int descriptor, const SocketAddress& from) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(descriptor, from.get(), from.length) == 0) return {};
  return std::unexpected(system_error(errno, "bind to " + to_string(from)));
}

Result<int> open_socket(int family) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(system_error(errno, "socket"));
  const int on = 1;
  // Failing costs speed alone.
  if (family != AF_UNIX) {
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return descriptor;
}

}  // namespace

Task<Result<int>> connect_to(Reactor& reactor, SocketAddress address, Deadline deadline,
                             std::optional<SocketAddress> from) {
  const Result<int> descriptor = open_socket(address.family());
  if (!descriptor) co_return std::unexpected(descriptor.error());
  const Result<void> bound = from ? bind_to(*descriptor, *from) : Result<void>();
  if (!bound) {
    ::close(*descriptor);
    co_return std::unexpected(bound.error());
  }
  const int result = co_await Attempt(reactor, *descriptor, address, deadline);
  if (result == 0) co_return *descriptor;
  ::close(*descriptor);
  co_return std::unexpected(system_error(-result, "connect to " + to_string(address)));
}

}  // namespace ringtalk::reactor
