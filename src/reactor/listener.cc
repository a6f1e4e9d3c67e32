#include "reactor/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "reactor/socket_address.h"

namespace ringtalk::reactor {
namespace {

// Connections that wait for accept. The kernel caps it at net.core.somaxconn.
constexpr int kBacklog = 4096;

bool switch_on(int descriptor, int level, int option) {
  const int on = 1;
  return ::setsockopt(descriptor, level, option, &on, sizeof on) == 0;
}

bool bind_to(int descriptor, const SocketAddress& address) {
  return switch_on(descriptor, SOL_SOCKET, SO_REUSEADDR) &&
         ::bind(descriptor, address.get(), address.length) == 0;
}

// Accepted sockets inherit TCP_NODELAY: a chat message waits for no acknowledgement.
bool bind_and_listen(int descriptor, const SocketAddress& address) {
  return switch_on(descriptor, SOL_SOCKET, SO_REUSEPORT) &&
         switch_on(descriptor, IPPROTO_TCP, TCP_NODELAY) && bind_to(descriptor, address) &&
         ::listen(descriptor, kBacklog) == 0;
}

// A socket on which `prepare` has succeeded.
template <class Prepare>
Result<int> make_socket(const ListenAddress& address, Prepare prepare) {
  const Result<SocketAddress> parsed = numeric_address(address.host, address.port);
  if (!parsed) return std::unexpected(parsed.error());
  const int descriptor =
      ::socket(parsed->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor >= 0 && prepare(descriptor, *parsed)) return descriptor;
  const int os_error = errno;
  if (descriptor >= 0) ::close(descriptor);
  return std::unexpected(system_error(os_error, "listen on " + to_string(*parsed)));
}

std::uint16_t bound_port(int descriptor) {
  SocketAddress bound;
  bound.length = sizeof bound.storage;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound.storage), &bound.length);
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in&>(bound.storage).sin_port);
}

}  // namespace

Listener::Listener(Reactor& reactor, Acceptor& acceptor)
    : reactor_(reactor), acceptor_(acceptor), operation_(*this) {}

Listener::~Listener() {
  RINGTALK_ASSERT(descriptor_ < 0, "a listener ended without close()");
}

Result<void> Listener::check_is_free(const ListenAddress& address) {
  const Result<int> made = make_socket(address, bind_to);
  if (!made) return std::unexpected(made.error());
  ::close(*made);
  return {};
}

Result<void> Listener::open(const ListenAddress& address) {
  RINGTALK_ASSERT(descriptor_ < 0, "a listener was opened twice");
  const Result<int> made = make_socket(address, bind_and_listen);
  if (!made) return std::unexpected(made.error());
  descriptor_ = *made;
  port_ = bound_port(descriptor_);
  closing_ = false;
  operation_.descriptor = descriptor_;
  reactor_.backend().accept(operation_);
  return {};
}

Task<void> Listener::close() {
  struct Idle {
    Listener& listener;
    [[nodiscard]] bool await_ready() const { return !listener.operation_.in_flight(); }
    void await_suspend(std::coroutine_handle<> closer) const { listener.closer_ = closer; }
    void await_resume() const {}
  };
  if (descriptor_ < 0) co_return;
  closing_ = true;
  reactor_.backend().cancel(operation_);
  co_await Idle{*this};
  ::close(std::exchange(descriptor_, -1));
}

void Listener::Accept::on_completion(Completion& completion) {
  Listener& listener = listener_;
  if (completion.result >= 0 && listener.closing_) {
    ::close(completion.result);
  } else if (completion.result >= 0) {
    listener.acceptor_.accepted(completion.result);
  }
  // With `more`, a failure is one that the backend waits out by itself.
  if (completion.more) return;
  RINGTALK_ASSERT(listener.closing_, "a listening socket failed for good");
  // Through the ready queue: the listener may end when its closer is resumed.
  if (listener.closer_) {
    listener.reactor_.make_ready(std::exchange(listener.closer_, nullptr));
  }
}

}  // namespace ringtalk::reactor
