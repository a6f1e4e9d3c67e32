// The bare echo: epoll, one thread, no parser. Sends back what it gets; with `--answer http` it
// sends a fixed response of 64 bytes of body for each "\r\n\r\n" instead. Sockets block: a peer
// that does not read stops it, which a yardstick may do.
//
//   bare_echo [--port 0] [--core -1] [--answer bytes|http]
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <vector>

#include "bare.h"

namespace {

using namespace ringtalk::bench::bare;

constexpr int kEventsAtOnce = 256;
constexpr std::size_t kResponsesAtOnce = 64;

std::string response() {
  const std::string body(64, 'x');
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n" + body;
}

/// How much of "\r\n\r\n" the end of what a socket has sent so far is, by descriptor.
class HeadEnds {
 public:
  HeadEnds() {
    rlimit limit{};
    check(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    matched_.resize(limit.rlim_cur);
  }
  void forget(int socket) { matched_[static_cast<std::size_t>(socket)] = 0; }

  /// The number of heads that end within these bytes.
  std::size_t count(int socket, const char* bytes, std::size_t size) {
    constexpr std::array<char, 4> kEnd = {'\r', '\n', '\r', '\n'};
    std::uint8_t& matched = matched_[static_cast<std::size_t>(socket)];
    std::size_t heads = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (bytes[i] == kEnd[matched]) {
        ++matched;
      } else {
        matched = bytes[i] == '\r' ? 1 : 0;
      }
      if (matched < kEnd.size()) continue;
      matched = 0;
      ++heads;
    }
    return heads;
  }

 private:
  std::vector<std::uint8_t> matched_;
};

class Echo {
 public:
  Echo(int listener, bool answers_http) : listener_(listener), answers_http_(answers_http) {
    for (std::size_t i = 0; i < kResponsesAtOnce; ++i) responses_ += response();
    epoll_ = check(::epoll_create1(EPOLL_CLOEXEC), "epoll");
    watch(listener_);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, kEventsAtOnce> events{};
    while (true) {
      const int count = check(::epoll_wait(epoll_, events.data(), kEventsAtOnce, -1), "epoll_wait");
      for (int i = 0; i < count; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        if (socket == listener_) {
          const int accepted = accept_from(listener_);
          heads_.forget(accepted);
          watch(accepted);
        } else if (!serve(socket)) {
          ::close(socket);
        }
      }
    }
  }

 private:
  void watch(int socket) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
  }

  bool serve(int socket) {
    const ssize_t received = ::recv(socket, buffer_.data(), buffer_.size(), 0);
    if (received <= 0) return false;
    const auto size = static_cast<std::size_t>(received);
    if (!answers_http_) return send_all(socket, buffer_.data(), size);
    return answer(socket, heads_.count(socket, buffer_.data(), size));
  }

  bool answer(int socket, std::size_t requests) {
    const std::size_t size = responses_.size() / kResponsesAtOnce;
    for (; requests > kResponsesAtOnce; requests -= kResponsesAtOnce) {
      if (!send_all(socket, responses_.data(), responses_.size())) return false;
    }
    return send_all(socket, responses_.data(), requests * size);
  }

  int listener_;
  bool answers_http_;
  int epoll_ = -1;
  HeadEnds heads_;
  std::string responses_;
  std::vector<char> buffer_ = std::vector<char>(kReceiveBytes);
};

}  // namespace

int main(int argc, char** argv) {
  Options options(argc, argv);
  const long port = options.number("--port", {.otherwise = 0, .min = 0, .max = 65535});
  const long core = options.number("--core", {.otherwise = -1, .min = -1, .max = 1023});
  const std::string answer = options.text("--answer", "bytes");
  options.reject_others();
  if (answer != "bytes" && answer != "http") fail("--answer must be bytes or http, not " + answer);
  pin_to_core(core);
  Echo(listen_on(port), answer == "http").run();
}
