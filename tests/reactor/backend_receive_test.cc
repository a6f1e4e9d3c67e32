// The sentences of reactor/operation.h on accepting and receiving, on each backend.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "backend_support.h"

namespace ringtalk::reactor::testing {
namespace {

using Results = std::vector<int>;

class BackendReceive : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(All, BackendReceive,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

// --- accepting ---

/// While it lives, the process can open nothing: its limit is what the newest socket has reached.
/// The kernel may read the limit when an accept starts, so begin with this one.
class NoDescriptors {
 public:
  explicit NoDescriptors(const Socket& newest) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(newest.get()) + 1;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { end(); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  void end() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(BackendReceive, accepts_many_as_non_blocking_descriptors_that_inherit_nodelay) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const int on = 1;
  ::setsockopt(listener.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Accept operation;
  operation.descriptor = listener.get();
  backend().accept(operation);

  std::vector<Socket> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(tcp_client(port));
  turn_until([&] { return operation.results.size() == 100; });
  EXPECT_TRUE(operation.in_flight());
  for (const int descriptor : operation.results) {
    const Socket accepted(descriptor);
    ASSERT_GE(descriptor, 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    int nodelay = 0;
    socklen_t length = sizeof nodelay;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &nodelay, &length);
    EXPECT_EQ(nodelay, 1);
  }
  backend().cancel(operation);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results.back(), -ECANCELED);
}

TEST_P(BackendReceive, out_of_descriptors_pauses_accepting_and_goes_on_by_itself) {
  // Given a process that has no descriptor left for the connection that comes,
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const Socket client = tcp_client(port);
  turn_for(1ms);  // UBSan opens a pipe at the first call on a type of object: let it be now
  turn_until([] { return true; });
  NoDescriptors no_descriptors(client);
  Accept operation;
  operation.descriptor = listener.get();
  backend().accept(operation);
  // when time passes,
  const std::uint64_t waits_before = backend().figures().waits;
  turn_for(250ms);
  no_descriptors.end();
  // then it was told, with `more`, once each 100 ms, and nothing spun;
  const std::size_t told = operation.results.size();
  EXPECT_GE(told, 2);
  EXPECT_LE(told, 3);
  for (const int result : operation.results) EXPECT_EQ(result, -EMFILE);
  EXPECT_EQ(operation.endings, 0);
  EXPECT_LE(backend().figures().waits - waits_before, 15);
  // and with descriptors again, the connection comes.
  turn_until([&] { return operation.results.back() >= 0; });
  const Socket accepted(operation.results.back());
  backend().cancel(operation);
  turn_until([&] { return operation.endings == 1; });
}

TEST_P(BackendReceive, a_paused_accept_can_be_cancelled) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const Socket client = tcp_client(port);
  turn_for(1ms);  // UBSan opens a pipe at the first call on a type of object: let it be now
  turn_until([] { return true; });
  NoDescriptors no_descriptors(client);
  Accept operation;
  operation.descriptor = listener.get();
  backend().accept(operation);
  turn_until([&] { return !operation.results.empty(); });
  no_descriptors.end();
  EXPECT_EQ(operation.results, Results{-EMFILE});
  backend().cancel(operation);
  reactor->run_turn(clock.steady_now() + 10ms);
  EXPECT_EQ(operation.results, (Results{-EMFILE, -ECANCELED}));
}

TEST_P(BackendReceive, accepting_on_what_does_not_listen_ends_with_the_error) {
  const Socket socket = tcp_socket();
  Accept operation;
  operation.descriptor = socket.get();
  backend().accept(operation);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{-EINVAL});
}

// --- receiving ---

TEST_P(BackendReceive, receives_in_order_until_the_end) {
  const SocketPair pair = tcp_pair();
  Receive operation;
  receive(operation, pair.near);
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const std::string bytes = pattern(static_cast<std::size_t>(1 + i * 400));
    expected += bytes;
    write_all(pair.far, bytes);
    reactor->run_turn(clock.steady_now());
  }
  ::shutdown(pair.far.get(), SHUT_WR);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.received, expected);
  EXPECT_EQ(operation.results.back(), 0);
}

TEST_P(BackendReceive, a_receive_goes_on_over_many_more_bytes_than_the_buffers_hold) {
  const SocketPair pair = tcp_pair();
  Receive operation;
  receive(operation, pair.near);
  const std::string bytes = pattern(20 << 20);
  Send sender;
  send(sender, pair.far, {bytes});
  turn_until([&] { return operation.received.size() == bytes.size(); });
  EXPECT_TRUE(operation.received == bytes);
  EXPECT_EQ(sender.results, Results{static_cast<int>(bytes.size())});
  EXPECT_TRUE(operation.in_flight());
  backend().cancel(operation);
  turn_until([&] { return operation.endings == 1; });
}

TEST_P(BackendReceive, a_receive_tells_of_a_reset) {
  SocketPair pair = tcp_pair();
  Receive operation;
  receive(operation, pair.near);
  reactor->run_turn(clock.steady_now());
  pair.far.reset();
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{-ECONNRESET});
}

TEST_P(BackendReceive, nothing_is_lost_or_swapped_around_a_cancel) {
  const std::string bytes = pattern(300'000);
  for (int round = 0; round < 30; ++round) {
    const SocketPair pair = tcp_pair();
    Receive operation;
    receive(operation, pair.near);
    Send sender;
    send(sender, pair.far, {bytes});
    // When the receive is cancelled somewhere in the middle, and begun again,
    for (int i = 0; i < round % 6; ++i) reactor->run_turn(clock.steady_now());
    backend().cancel(operation);
    turn_until([&] { return operation.endings == 1; });
    EXPECT_EQ(operation.results.back(), -ECANCELED);
    backend().receive(operation);
    // then all bytes come, in order.
    turn_until([&] { return operation.received.size() == bytes.size(); });
    EXPECT_TRUE(operation.received == bytes);
    backend().cancel(operation);
    turn_until([&] { return operation.endings == 2 && sender.endings == 1; });
  }
}

TEST_P(BackendReceive, receives_without_a_buffer_are_parked_and_go_on_by_themselves) {
  // Given more sockets with a byte than there are buffers, and a reader that keeps its chunks,
  constexpr std::size_t kSockets = 530;  // of 512 buffers
  std::vector<SocketPair> pairs;
  std::vector<Receive> operations(kSockets);
  for (Receive& operation : operations) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    pairs.push_back({.near = Socket(ends[0]), .far = Socket(ends[1])});
    write_all(pairs.back().far, "x");
    operation.keeps_chunks = true;
    receive(operation, pairs.back().near);
  }
  const auto received = [&] {
    return std::ranges::count_if(operations, [](const Receive& o) { return o.received == "x"; });
  };
  turn_until([&] { return received() == 512; });
  // then the rest is parked, and nothing spins;
  const std::uint64_t waits_before = backend().figures().waits;
  turn_for(50ms);
  EXPECT_EQ(received(), 512);
  EXPECT_GE(backend().figures().starved, kSockets - 512);
  EXPECT_LE(backend().figures().waits - waits_before, 5);
  // one of the parked can be cancelled at once,
  Receive& parked = *std::ranges::find(operations, "", &Receive::received);
  backend().cancel(parked);
  reactor->run_turn(clock.steady_now() + 100ms);
  EXPECT_EQ(parked.results, Results{-ECANCELED});
  // and when the chunks are released, the others receive.
  for (Receive& operation : operations) operation.chunks.clear();
  for (Receive& operation : operations) operation.keeps_chunks = false;
  turn_until([&] { return received() == kSockets - 1; });
  for (Receive& operation : operations) backend().cancel(operation);
  turn_until([&] { return backend().in_flight() == 0; });
}

}  // namespace
}  // namespace ringtalk::reactor::testing
