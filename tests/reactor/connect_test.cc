#include "reactor/connect.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

#include "backend_support.h"
#include "reactor/tcp_stream.h"
#include "run_task.h"

namespace ringtalk::reactor::testing {
namespace {

using test_support::run;

class ConnectTest : public BackendTest {
 protected:
  [[nodiscard]] Result<int> connect(const SocketAddress& address, Duration timeout = 10s) {
    return run(*reactor, connect_to(*reactor, address, reactor->after(timeout)));
  }
  [[nodiscard]] static SocketAddress at(std::uint16_t port) {
    return numeric_address("127.0.0.1", port).value();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, ConnectTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

class UnixListener {
 public:
  explicit UnixListener(int backlog) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ringtalk-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    address = unix_address((folder_ / "socket").string()).value();
    socket = Socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(socket.get(), address.get(), address.length), 0);
    EXPECT_EQ(::listen(socket.get(), backlog), 0);
  }
  ~UnixListener() { std::filesystem::remove_all(folder_); }
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  SocketAddress address;
  Socket socket;

 private:
  std::filesystem::path folder_;
};

TEST_P(ConnectTest, gives_a_connected_descriptor) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const Result<int> descriptor = connect(at(port));
  ASSERT_TRUE(descriptor.has_value());
  const Socket near(*descriptor);
  const Socket far(::accept(listener.get(), nullptr, nullptr));
  write_all(far, "hello");
  turn_for(2ms);
  EXPECT_EQ(read_available(near), "hello");
}

TEST_P(ConnectTest, comes_from_the_address_that_was_asked_for) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const auto from = numeric_address("127.0.0.2", 0).value();
  const Result<int> descriptor =
      run(*reactor, connect_to(*reactor, at(port), reactor->after(10s), from));
  ASSERT_TRUE(descriptor.has_value());
  const Socket near(*descriptor);
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  const Socket far(
      ::accept(listener.get(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.length));
  EXPECT_TRUE(to_string(peer).starts_with("127.0.0.2:")) << to_string(peer);
}

TEST_P(ConnectTest, an_address_that_is_not_ours_is_refused_with_words) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const auto from = numeric_address("192.0.2.1", 0).value();
  const Result<int> descriptor =
      run(*reactor, connect_to(*reactor, at(port), reactor->after(10s), from));
  ASSERT_FALSE(descriptor.has_value());
  EXPECT_EQ(descriptor.error().os_error, EADDRNOTAVAIL);
  EXPECT_TRUE(descriptor.error().detail.contains("192.0.2.1")) << descriptor.error().detail;
}

TEST_P(ConnectTest, a_refusal_comes_with_its_errno_and_leaves_nothing_open) {
  std::uint16_t port = 0;
  {
    const Socket gone = tcp_listener(port);
  }
  const std::size_t before = open_descriptors();
  const Result<int> descriptor = connect(at(port));
  ASSERT_FALSE(descriptor.has_value());
  EXPECT_EQ(descriptor.error().os_error, ECONNREFUSED);
  EXPECT_TRUE(descriptor.error().detail.contains("127.0.0.1"));
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(ConnectTest, gives_up_at_the_deadline_and_leaves_nothing_open) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port, 0);
  const Socket first = tcp_client(port);   // fills the backlog, so that
  const Socket second = tcp_client(port);  // later connects hang
  turn_for(5ms);
  const std::size_t before = open_descriptors();
  const TimePoint begin = reactor->now();
  const Result<int> descriptor = connect(at(port), 30ms);
  ASSERT_FALSE(descriptor.has_value());
  EXPECT_EQ(descriptor.error().kind, ErrorKind::kTimedOut);
  EXPECT_GE(reactor->now() - begin, 30ms);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(ConnectTest, a_unix_socket_carries_a_stream_in_both_directions) {
  const UnixListener listener(8);
  const Result<int> descriptor = connect(listener.address);
  ASSERT_TRUE(descriptor.has_value());
  TcpStream stream(*reactor, *descriptor);
  const Socket far(::accept(listener.socket.get(), nullptr, nullptr));

  const auto talk = [](TcpStream& near) -> Task<Result<Chunk>> {
    EXPECT_TRUE((co_await near.send("question")).has_value());
    co_return co_await near.receive();
  };
  write_all(far, "answer");
  {
    const Result<Chunk> chunk = run(*reactor, talk(stream));
    ASSERT_TRUE(chunk.has_value());
    EXPECT_EQ(chunk->text(), "answer");
  }
  EXPECT_EQ(read_available(far), "question");
  EXPECT_EQ(stream.peer_address(), "");
  run(*reactor, stream.close());
}

TEST_P(ConnectTest, a_unix_socket_that_is_not_there_is_an_error) {
  const Result<int> descriptor = connect(unix_address("/nowhere/at/all").value());
  ASSERT_FALSE(descriptor.has_value());
  EXPECT_EQ(descriptor.error().os_error, ENOENT);
}

// Linux says EAGAIN here, or lets a connect wait: either ends within the deadline.
TEST_P(ConnectTest, a_unix_socket_with_a_full_backlog_ends_as_an_error) {
  const UnixListener listener(0);
  const Result<int> first = connect(listener.address);
  ASSERT_TRUE(first.has_value());
  const Socket keeps(*first);
  EXPECT_FALSE(connect(listener.address, 50ms).has_value());
}

}  // namespace
}  // namespace ringtalk::reactor::testing
