#include "bare.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace ringtalk::bench::bare {
namespace {

sockaddr_in loopback(long port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void send_at_once(int socket) {
  const int yes = 1;
  check(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)), "TCP_NODELAY");
}

}  // namespace

const char* Options::value_of(const char* name) {
  for (int i = 1; i + 1 < count_; i += 2) {
    if (std::strcmp(words_[i], name) != 0) continue;
    used_ += 2;
    return words_[i + 1];
  }
  return nullptr;
}

long Options::number(const char* name, Bounds bounds) {
  const char* text = value_of(name);
  if (text == nullptr) return bounds.otherwise;
  char* end = nullptr;
  errno = 0;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != 0 || errno != 0 || value < bounds.min || value > bounds.max) {
    fail(std::string(name) + " must be a number from " + std::to_string(bounds.min) + " to " +
         std::to_string(bounds.max) + ", not " + text);
  }
  return value;
}

std::string Options::text(const char* name, const char* otherwise) {
  const char* text = value_of(name);
  return text == nullptr ? otherwise : text;
}

void Options::reject_others() const {
  if (1 + used_ != count_) fail("unknown options; those that are known stand in the source's head");
}

void fail(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, what.c_str());
  std::exit(1);
}

int check(int outcome, const char* what) {
  if (outcome < 0) fail(std::string(what) + ": " + std::strerror(errno));
  return outcome;
}

void pin_to_core(long core) {
  if (core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  check(::sched_setaffinity(0, sizeof(cores), &cores), "no such core");
}

int listen_on(long port) {
  const int listener = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  check(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)), "SO_REUSEADDR");
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof(address);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  check(::bind(listener, plain, size), "the port cannot be had");
  check(::listen(listener, 4096), "listen");
  check(::getsockname(listener, plain, &size), "getsockname");
  std::printf("listening %d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

int connect_to(long port) {
  const int socket = check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address = loopback(port);
  check(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        "nobody listens on this port");
  send_at_once(socket);
  return socket;
}

int accept_from(int listener) {
  const int socket = check(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
  send_at_once(socket);
  return socket;
}

double seconds_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double cpu_seconds() {
  timespec used{};
  check(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), "clock_gettime");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace ringtalk::bench::bare
