// The sentences of reactor/operation.h on sending, connecting and polling, on each backend.
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>

#include "backend_support.h"

namespace ringtalk::reactor::testing {
namespace {

using Results = std::vector<int>;

class BackendSend : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(All, BackendSend,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

// --- sending ---

TEST_P(BackendSend, sends_all_parts_in_order_and_skips_empty_ones) {
  const SocketPair pair = tcp_pair();
  Send operation;
  send(operation, pair.near, {"", "one ", "", "two ", "three", ""});
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{13});
  EXPECT_EQ(read_available(pair.far), "one two three");
}

TEST_P(BackendSend, a_send_of_nothing_completes_with_0) {
  const SocketPair pair = tcp_pair();
  for (const auto& parts : {std::vector<std::string_view>{}, {""}, {"", ""}}) {
    Send operation;
    send(operation, pair.near, parts);
    turn_until([&] { return operation.endings == 1; });
    EXPECT_EQ(operation.results, Results{0});
  }
}

TEST_P(BackendSend, sends_more_parts_than_one_system_call_takes) {
  const SocketPair pair = tcp_pair();
  for (const std::size_t count : {1023, 1024, 1025, 3000}) {
    Send operation;
    send(operation, pair.near, std::vector<std::string_view>(count, "ab"));
    turn_until([&] { return operation.endings == 1; });
    EXPECT_EQ(operation.results, Results{static_cast<int>(2 * count)});
    turn_for(2ms);
    EXPECT_EQ(read_available(pair.far).size(), 2 * count);
  }
}

TEST_P(BackendSend, a_large_send_in_parts_reaches_a_slow_reader_whole) {
  const SocketPair pair = tcp_pair();
  const std::string first = pattern((6 << 20) + 1);
  const std::string second = pattern((5 << 20) + 17);
  const std::string third = pattern((5 << 20) - 18);
  Send operation;
  send(operation, pair.near, {first, second, third});
  turn_for(5ms);
  EXPECT_EQ(operation.endings, 0) << "the socket's buffers took it all: not a slow reader";

  std::string received;
  std::string block(200'000, '\0');
  while (received.size() < (16 << 20)) {
    const ssize_t count = ::recv(pair.far.get(), block.data(), block.size(), MSG_DONTWAIT);
    if (count > 0) received.append(block, 0, static_cast<std::size_t>(count));
    reactor->run_turn(clock.steady_now());
    ASSERT_TRUE(count > 0 || errno == EAGAIN);
  }
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{16 << 20});
  EXPECT_TRUE(received == first + second + third);
}

TEST_P(BackendSend, a_send_cancelled_in_the_middle_tells_how_far_it_came) {
  const SocketPair pair = tcp_pair();
  const std::string bytes = pattern(16 << 20);
  Send operation;
  send(operation, pair.near, {bytes, bytes});
  turn_for(5ms);
  backend().cancel(operation);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{-ECANCELED});
  std::string received = read_available(pair.far);
  for (int i = 0; i < 100 && received.size() < operation.sent; ++i) {
    turn_for(1ms);
    received += read_available(pair.far);
  }
  EXPECT_GT(operation.sent, 0);
  EXPECT_EQ(received.size(), operation.sent);
  EXPECT_TRUE(bytes.starts_with(received));
}

TEST_P(BackendSend, sending_to_a_closed_peer_fails_without_a_signal) {
  SocketPair pair = tcp_pair();
  pair.far.reset();
  Send operation;
  send(operation, pair.near, {"anybody there?"});
  turn_until([&] { return operation.endings == 1; });
  EXPECT_TRUE(operation.results.back() == -ECONNRESET || operation.results.back() == -EPIPE);
  operation.results.clear();
  backend().send(operation);
  turn_until([&] { return operation.endings == 2; });
  EXPECT_EQ(operation.results, Results{-EPIPE});
}

TEST_P(BackendSend, a_send_that_waits_for_room_ends_when_the_peer_goes) {
  SocketPair pair = tcp_pair();
  const std::string bytes = pattern(16 << 20);
  Send operation;
  send(operation, pair.near, {bytes, bytes});
  turn_for(5ms);
  pair.far.reset();
  turn_until([&] { return operation.endings == 1; });
  EXPECT_LT(operation.results.back(), 0);
}

TEST_P(BackendSend, sends_and_receives_on_one_descriptor_at_once) {
  const SocketPair pair = tcp_pair();
  const std::string bytes = pattern(8 << 20);
  Receive near_receive;
  Receive far_receive;
  Send near_send;
  Send far_send;
  receive(near_receive, pair.near);
  receive(far_receive, pair.far);
  send(near_send, pair.near, {bytes});
  send(far_send, pair.far, {bytes});
  turn_until([&] {
    return near_receive.received.size() == bytes.size() &&
           far_receive.received.size() == bytes.size();
  });
  EXPECT_TRUE(near_receive.received == bytes);
  EXPECT_TRUE(far_receive.received == bytes);
  backend().cancel(near_receive);
  backend().cancel(far_receive);
  turn_until([&] { return backend().in_flight() == 0; });
}

// --- connecting ---

TEST_P(BackendSend, connects) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  const Socket client = tcp_socket();
  Connect operation;
  operation.descriptor = client.get();
  operation.address = loopback_address(port);
  operation.address_length = sizeof(sockaddr_in);
  backend().connect(operation);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{0});
  const Socket accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
  write_all(client, "hi");
  EXPECT_EQ(read_available(accepted), "hi");
}

TEST_P(BackendSend, a_refused_connect_tells_so) {
  std::uint16_t port = 0;
  Socket listener = tcp_listener(port);
  listener.close();
  const Socket client = tcp_socket();
  Connect operation;
  operation.descriptor = client.get();
  operation.address = loopback_address(port);
  operation.address_length = sizeof(sockaddr_in);
  backend().connect(operation);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{-ECONNREFUSED});
}

// --- polling ---

TEST_P(BackendSend, a_poll_tells_what_is_ready_of_what_was_asked) {
  const SocketPair pair = tcp_pair();
  Poll operation;
  poll(operation, pair.near.get(), POLLIN | POLLOUT);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results.back(), POLLOUT);

  poll(operation, pair.near.get(), POLLIN);
  turn_for(5ms);
  EXPECT_EQ(operation.endings, 1);
  write_all(pair.far, "x");
  turn_until([&] { return operation.endings == 2; });
  EXPECT_EQ(operation.results.back(), POLLIN);

  // The byte is still there: a poll tells of a state, not of a change.
  poll(operation, pair.near.get(), POLLIN | POLLOUT);
  turn_until([&] { return operation.endings == 3; });
  EXPECT_EQ(operation.results.back(), POLLIN | POLLOUT);
}

TEST_P(BackendSend, a_poll_tells_of_a_hang_up_unasked) {
  SocketPair pair = tcp_pair();
  Poll operation;
  poll(operation, pair.near.get(), POLLPRI);
  reactor->run_turn(clock.steady_now());
  pair.far.reset();
  turn_until([&] { return operation.endings == 1; });
  EXPECT_NE(operation.results.back() & POLLHUP, 0);
}

TEST_P(BackendSend, a_poll_leaves_nothing_behind_when_its_descriptor_number_is_used_again) {
  for (int i = 0; i < 50; ++i) {
    Socket event(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    const int number = event.get();
    Poll operation;
    poll(operation, number, POLLIN);
    turn_until([&] { return operation.endings == 1; });
    event.close();

    const Socket quiet(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    ASSERT_EQ(quiet.get(), number);
    poll(operation, number, POLLIN);
    turn_for(1ms);
    EXPECT_EQ(operation.endings, 1);
    backend().cancel(operation);
    turn_until([&] { return operation.endings == 2; });
    EXPECT_EQ(operation.results, (Results{POLLIN, -ECANCELED}));
  }
}

}  // namespace
}  // namespace ringtalk::reactor::testing
