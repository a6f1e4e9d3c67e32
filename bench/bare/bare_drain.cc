// The reader of bare_fan_out: N sockets, epoll, one thread; reads up to 64 KiB at once (recv, as
// loadgen does: the receive method moves results by some per cent), looks at nothing, and counts
// bytes. Ends when all sockets were closed by the other side; prints one line of JSON.
//
//   bare_drain --port PORT [--core -1] [--sockets 999]
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "bare.h"

namespace {

using namespace ringtalk::bench::bare;

constexpr int kEventsAtOnce = 256;

/// Reads until the other side has closed all of them; the bytes that came.
long long drain(int epoll, long sockets) {
  std::vector<char> buffer(kReceiveBytes);
  std::array<epoll_event, kEventsAtOnce> events{};
  long long bytes = 0;
  while (sockets > 0) {
    const int count = check(::epoll_wait(epoll, events.data(), kEventsAtOnce, -1), "epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      const ssize_t received = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (received > 0) {
        bytes += received;
      } else {
        ::close(socket);
        --sockets;
      }
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  Options options(argc, argv);
  const long port = options.number("--port", {.otherwise = 0, .min = 1, .max = 65535});
  const long core = options.number("--core", {.otherwise = -1, .min = -1, .max = 1023});
  const long sockets = options.number("--sockets", {.otherwise = 999, .min = 1, .max = 15'000});
  options.reject_others();
  if (port == 0) fail("--port must be the one that bare_fan_out prints");
  pin_to_core(core);
  const int epoll = check(::epoll_create1(EPOLL_CLOEXEC), "epoll");
  for (long i = 0; i < sockets; ++i) {
    const int socket = connect_to(port);
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    check(::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
  }
  std::printf("{\"bytes\":%lld}\n", drain(epoll, sockets));
}
