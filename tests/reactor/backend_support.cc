#include "backend_support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ringtalk::reactor::testing {

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Socket::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

sockaddr_storage loopback_address(std::uint16_t port) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return storage;
}

Socket tcp_socket() {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  EXPECT_GE(socket.get(), 0) << std::strerror(errno);
  return socket;
}

Socket tcp_listener(std::uint16_t& port, int backlog) {
  Socket listener = tcp_socket();
  sockaddr_storage address = loopback_address(0);
  socklen_t length = sizeof(sockaddr_in);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener.get(), generic, length), 0) << std::strerror(errno);
  EXPECT_EQ(::listen(listener.get(), backlog), 0) << std::strerror(errno);
  EXPECT_EQ(::getsockname(listener.get(), generic, &length), 0);
  port = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  return listener;
}

Socket tcp_client(std::uint16_t port) {
  Socket client = tcp_socket();
  const sockaddr_storage address = loopback_address(port);
  const int result =
      ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_in));
  EXPECT_TRUE(result == 0 || errno == EINPROGRESS) << std::strerror(errno);
  return client;
}

SocketPair tcp_pair() {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  Socket far = tcp_client(port);
  Socket near(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  EXPECT_GE(near.get(), 0) << std::strerror(errno);
  return {.near = std::move(near), .far = std::move(far)};
}

void write_all(const Socket& socket, std::string_view bytes) {
  const ssize_t written = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  EXPECT_EQ(written, static_cast<ssize_t>(bytes.size())) << std::strerror(errno);
}

std::string read_available(const Socket& socket) {
  std::string all;
  std::string block(64 * 1024, '\0');
  for (;;) {
    const ssize_t count = ::recv(socket.get(), block.data(), block.size(), MSG_DONTWAIT);
    if (count <= 0) return all;
    all.append(block, 0, static_cast<std::size_t>(count));
  }
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i * 31 + i / 257);
  return text;
}

BackendTest::BackendTest() {
  Result<BackendChoice> choice = make_backend(GetParam());
  EXPECT_TRUE(choice.has_value());
  EXPECT_EQ(choice->why_not_uring, "");
  reactor = std::make_unique<Reactor>(std::move(choice->backend), clock);
}

BackendTest::~BackendTest() {
  EXPECT_EQ(backend().in_flight(), 0);
}

void BackendTest::turn_for(Duration span) {
  const TimePoint end = clock.steady_now() + span;
  while (clock.steady_now() < end) reactor->run_turn(end);
}

void BackendTest::turn_until(const std::function<bool()>& is_so) {
  const TimePoint end = clock.steady_now() + 10s;
  while (!is_so()) {
    ASSERT_LT(clock.steady_now(), end) << "it did not happen within 10 s";
    reactor->run_turn(end);
  }
}

void BackendTest::receive(Receive& operation, const Socket& socket) {
  operation.descriptor = socket.get();
  backend().receive(operation);
}

void BackendTest::send(Send& operation, const Socket& socket, std::vector<std::string_view> parts) {
  auto& list = *parts_.emplace_back(std::make_unique<std::vector<iovec>>());
  for (const std::string_view part : parts) {
    list.push_back({.iov_base = const_cast<char*>(part.data()), .iov_len = part.size()});
  }
  operation.descriptor = socket.get();
  operation.parts = list.data();
  operation.part_count = list.size();
  backend().send(operation);
}

void BackendTest::poll(Poll& operation, int descriptor, std::uint32_t events) {
  operation.descriptor = descriptor;
  operation.events = events;
  backend().poll(operation);
}

std::string name_of(const ::testing::TestParamInfo<BackendKind>& info) {
  return info.param == BackendKind::kUring ? "io_uring" : "epoll";
}

}  // namespace ringtalk::reactor::testing
