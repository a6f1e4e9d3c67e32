#include "reactor/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "backend_support.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor::testing {
namespace {

class Collector final : public Listener::Acceptor {
 public:
  void accepted(int descriptor) override { sockets.emplace_back(descriptor); }
  std::vector<Socket> sockets;
};

class ListenerTest : public BackendTest {
 public:
  static Task<void> close_one(Listener& listener) { co_await listener.close(); }

 protected:
  void close(Listener& listener) {
    TaskScope scope;
    scope.spawn(close_one(listener));
    turn_until([&] { return scope.running() == 0; });
  }
  Collector collector;
};
INSTANTIATE_TEST_SUITE_P(All, ListenerTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

TEST_P(ListenerTest, hands_over_each_connection_with_nodelay) {
  Listener listener(*reactor, collector);
  ASSERT_TRUE(listener.open({}).has_value());
  ASSERT_NE(listener.port(), 0);
  std::vector<Socket> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(tcp_client(listener.port()));
  turn_until([&] { return collector.sockets.size() == 10; });
  for (const Socket& socket : collector.sockets) {
    int nodelay = 0;
    socklen_t length = sizeof nodelay;
    ::getsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &nodelay, &length);
    EXPECT_EQ(nodelay, 1);
    EXPECT_NE(::fcntl(socket.get(), F_GETFL) & O_NONBLOCK, 0);
  }
  close(listener);
}

TEST_P(ListenerTest, close_refuses_new_connections_and_leaves_no_descriptor) {
  const std::size_t before = open_descriptors();
  Listener listener(*reactor, collector);
  ASSERT_TRUE(listener.open({}).has_value());
  const std::uint16_t port = listener.port();
  close(listener);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(backend().in_flight(), 0);

  const Socket client = tcp_socket();
  Connect connect;
  connect.descriptor = client.get();
  connect.address = loopback_address(port);
  connect.address_length = sizeof(sockaddr_in);
  backend().connect(connect);
  turn_until([&] { return connect.endings == 1; });
  EXPECT_EQ(connect.results.back(), -ECONNREFUSED);
}

TEST_P(ListenerTest, connections_that_come_while_it_closes_are_not_handed_over) {
  for (int round = 0; round < 20; ++round) {
    const std::size_t before = open_descriptors();
    Listener listener(*reactor, collector);
    ASSERT_TRUE(listener.open({}).has_value());
    reactor->run_turn(clock.steady_now());
    std::vector<Socket> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(tcp_client(listener.port()));
    close(listener);
    EXPECT_EQ(collector.sockets.size(), 0);
    clients.clear();
    EXPECT_EQ(open_descriptors(), before);
  }
}

TEST_P(ListenerTest, closed_by_its_first_connection_hands_over_no_other_and_leaks_none) {
  const std::size_t before = open_descriptors();
  struct ClosesAtOnce final : Listener::Acceptor {
    void accepted(int descriptor) override {
      sockets.emplace_back(descriptor);
      if (sockets.size() == 1) scope.spawn(close_one(*listener));
    }
    Listener* listener = nullptr;
    TaskScope scope;
    std::vector<Socket> sockets;
  };
  ClosesAtOnce acceptor;
  Listener listener(*reactor, acceptor);
  acceptor.listener = &listener;
  ASSERT_TRUE(listener.open({}).has_value());
  std::vector<Socket> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(tcp_client(listener.port()));
  turn_until([&] { return !acceptor.sockets.empty() && acceptor.scope.running() == 0; });
  EXPECT_EQ(acceptor.sockets.size(), 1);
  acceptor.sockets.clear();
  clients.clear();
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(ListenerTest, may_be_opened_again_after_close) {
  Listener listener(*reactor, collector);
  ASSERT_TRUE(listener.open({}).has_value());
  const std::uint16_t port = listener.port();
  close(listener);
  ASSERT_TRUE(listener.open({.port = port}).has_value());
  EXPECT_EQ(listener.port(), port);
  const Socket client = tcp_client(port);
  turn_until([&] { return collector.sockets.size() == 1; });
  close(listener);
  close(listener);
}

TEST_P(ListenerTest, two_listeners_share_one_port) {
  Listener first(*reactor, collector);
  Collector other;
  Listener second(*reactor, other);
  ASSERT_TRUE(first.open({}).has_value());
  ASSERT_TRUE(second.open({.port = first.port()}).has_value());
  std::vector<Socket> clients;
  for (int i = 0; i < 64; ++i) clients.push_back(tcp_client(first.port()));
  turn_until([&] { return collector.sockets.size() + other.sockets.size() == 64; });
  EXPECT_GT(collector.sockets.size(), 0);
  EXPECT_GT(other.sockets.size(), 0);
  close(first);
  close(second);
}

TEST_P(ListenerTest, listens_on_ipv6) {
  Listener listener(*reactor, collector);
  const Result<void> opened = listener.open({.host = "::1"});
  if (!opened && opened.error().os_error == EADDRNOTAVAIL) GTEST_SKIP() << "no IPv6 here";
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  const Socket client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(listener.port());
  address.sin6_addr = in6addr_loopback;
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  turn_until([&] { return collector.sockets.size() == 1; });
  close(listener);
}

TEST_P(ListenerTest, a_port_in_use_is_an_error_that_names_the_address) {
  std::uint16_t port = 0;
  const Socket other = tcp_listener(port);  // without SO_REUSEPORT
  Listener listener(*reactor, collector);
  const Result<void> opened = listener.open({.port = port});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::kSystem);
  EXPECT_EQ(opened.error().os_error, EADDRINUSE);
  EXPECT_TRUE(opened.error().detail.contains("127.0.0.1:" + std::to_string(port)));
}

TEST_P(ListenerTest, a_name_is_not_an_address) {
  Listener listener(*reactor, collector);
  for (const char* host : {"localhost", "", "127.0.0", "1.2.3.4.5", "[::1]"}) {
    const Result<void> opened = listener.open({.host = host});
    ASSERT_FALSE(opened.has_value()) << host;
    EXPECT_EQ(opened.error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(opened.error().detail.contains(host));
  }
}

}  // namespace
}  // namespace ringtalk::reactor::testing
