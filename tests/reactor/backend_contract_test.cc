// The sentences of reactor/backend.h on each backend: starting, cancelling, waiting, waking.
// What each kind of operation does: backend_receive_test.cc, backend_send_test.cc.
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "backend_support.h"

namespace ringtalk::reactor::testing {
namespace {

using Results = std::vector<int>;

class BackendContract : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(All, BackendContract,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

// --- starting, cancelling, ending ---

TEST_P(BackendContract, tells_its_name) {
  EXPECT_EQ(backend().name(), GetParam() == BackendKind::kUring ? "io_uring" : "epoll");
}

TEST_P(BackendContract, a_start_completes_only_in_a_later_wait) {
  const SocketPair pair = tcp_pair();
  Send operation;
  send(operation, pair.near, {"hello"});
  EXPECT_TRUE(operation.in_flight());
  EXPECT_EQ(backend().in_flight(), 1);
  EXPECT_EQ(operation.results, Results{});
  EXPECT_EQ(read_available(pair.far), "");

  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{5});
  EXPECT_FALSE(operation.in_flight());
  EXPECT_EQ(backend().in_flight(), 0);
}

TEST_P(BackendContract, an_operation_may_be_restarted_from_its_last_completion) {
  const SocketPair pair = tcp_pair();
  Send operation;
  operation.then = [&](Completion&) {
    if (operation.endings < 3) backend().send(operation);
  };
  send(operation, pair.near, {"again "});
  turn_until([&] { return operation.endings == 3; });
  EXPECT_EQ(operation.results, (Results{6, 6, 6}));
  EXPECT_EQ(read_available(pair.far), "again again again ");
}

TEST_P(BackendContract, an_operation_may_be_destroyed_from_its_last_completion) {
  const SocketPair pair = tcp_pair();
  struct EndsItself final : PollOperation {
    std::unique_ptr<EndsItself>* self = nullptr;
    void on_completion(Completion&) override { self->reset(); }
  };
  auto self_ending = std::make_unique<EndsItself>();
  self_ending->self = &self_ending;
  self_ending->descriptor = pair.near.get();
  self_ending->events = POLLOUT;
  backend().poll(*self_ending);
  turn_until([&] { return self_ending == nullptr; });
  turn_for(5ms);
}

TEST_P(BackendContract, cancelling_an_idle_operation_does_nothing) {
  const SocketPair pair = tcp_pair();
  Receive operation;
  backend().cancel(operation);
  turn_for(5ms);
  EXPECT_EQ(operation.endings, 0);

  receive(operation, pair.near);
  write_all(pair.far, "x");
  turn_until([&] { return operation.received == "x"; });
  backend().cancel(operation);
  turn_until([&] { return operation.endings == 1; });
}

TEST_P(BackendContract, a_cancel_before_the_first_wait_keeps_the_kernel_out_of_it) {
  const SocketPair pair = tcp_pair();
  Send operation;
  send(operation, pair.near, {"never"});
  backend().cancel(operation);
  EXPECT_EQ(operation.endings, 0);
  turn_until([&] { return operation.endings == 1; });
  EXPECT_EQ(operation.results, Results{-ECANCELED});
  turn_for(5ms);
  EXPECT_EQ(read_available(pair.far), "");
}

TEST_P(BackendContract, each_kind_ends_once_with_ecanceled_however_often_it_is_cancelled) {
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port, 0);
  const SocketPair pair = tcp_pair();
  const Socket first = tcp_client(port);   // fills the backlog, so that
  const Socket second = tcp_client(port);  // later connects hang
  const Socket hanging = tcp_socket();
  std::uint16_t quiet_port = 0;
  const Socket quiet = tcp_listener(quiet_port);
  turn_for(5ms);

  Accept accept;
  accept.descriptor = quiet.get();
  backend().accept(accept);
  Receive receive_operation;
  receive(receive_operation, pair.near);
  const std::string large = pattern(16 << 20);
  Send send_operation;
  send(send_operation, pair.near, {large});
  Connect connect;
  connect.descriptor = hanging.get();
  connect.address = loopback_address(port);
  connect.address_length = sizeof(sockaddr_in);
  backend().connect(connect);
  const SocketPair polled = tcp_pair();
  Poll poll_operation;
  poll(poll_operation, polled.near.get(), POLLIN);
  turn_for(20ms);
  EXPECT_EQ(backend().in_flight(), 5);

  const std::vector<Operation*> all{&accept, &receive_operation, &send_operation, &connect,
                                    &poll_operation};
  for (Operation* operation : all) {
    backend().cancel(*operation);
    backend().cancel(*operation);
  }
  reactor->run_turn(clock.steady_now());
  for (Operation* operation : all) backend().cancel(*operation);
  turn_until([&] { return backend().in_flight() == 0; });
  turn_for(10ms);
  EXPECT_EQ(accept.results, Results{-ECANCELED});
  EXPECT_EQ(receive_operation.results, Results{-ECANCELED});
  EXPECT_EQ(send_operation.results, Results{-ECANCELED});
  EXPECT_EQ(connect.results, Results{-ECANCELED});
  EXPECT_EQ(poll_operation.results, Results{-ECANCELED});
}

TEST_P(BackendContract, a_cancel_between_completion_and_delivery_is_harmless) {
  // Given two polls that complete in one batch,
  const SocketPair pair = tcp_pair();
  Poll first;
  Poll second;
  first.then = [&](Completion&) { backend().cancel(second); };
  second.then = [&](Completion&) { backend().cancel(first); };
  // when each cancels the other at delivery, in whatever order,
  poll(first, pair.near.get(), POLLOUT);
  poll(second, pair.far.get(), POLLOUT);
  turn_until([&] { return first.endings + second.endings == 2; });
  turn_for(5ms);
  // then both have their result, once,
  EXPECT_EQ(first.results, Results{POLLOUT});
  EXPECT_EQ(second.results, Results{POLLOUT});
  // and both can be used again.
  first.then = second.then = nullptr;
  poll(first, pair.near.get(), POLLOUT);
  poll(second, pair.far.get(), POLLIN);
  turn_until([&] { return first.endings == 2; });
  EXPECT_EQ(first.results.back(), POLLOUT);
  backend().cancel(second);
  turn_until([&] { return second.endings == 2; });
  EXPECT_EQ(second.results.back(), -ECANCELED);
}

TEST_P(BackendContract, every_kind_tells_of_a_bad_descriptor) {
  for (const int descriptor : {-1, 19'999}) {
    Accept accept;
    accept.descriptor = descriptor;
    backend().accept(accept);
    Receive receive_operation;
    receive_operation.descriptor = descriptor;
    backend().receive(receive_operation);
    Connect connect;
    connect.descriptor = descriptor;
    connect.address = loopback_address(1);
    connect.address_length = sizeof(sockaddr_in);
    turn_until([&] { return accept.endings + receive_operation.endings == 2; });
    backend().connect(connect);
    Poll poll_operation;
    poll(poll_operation, descriptor, POLLIN);
    turn_until([&] { return connect.endings + poll_operation.endings == 2; });
    Send send_operation;
    send_operation.descriptor = descriptor;
    iovec part{.iov_base = nullptr, .iov_len = 0};
    send_operation.parts = &part;
    send_operation.part_count = 1;
    backend().send(send_operation);
    turn_until([&] { return send_operation.endings == 1; });
    EXPECT_EQ(accept.results, Results{-EBADF});
    EXPECT_EQ(receive_operation.results, Results{-EBADF});
    EXPECT_EQ(connect.results, Results{-EBADF});
    EXPECT_EQ(poll_operation.results, Results{-EBADF});
    EXPECT_EQ(send_operation.results, Results{-EBADF});
  }
}

// --- waiting and waking ---

TEST_P(BackendContract, a_wait_with_a_past_deadline_returns_at_once) {
  const TimePoint begin = clock.steady_now();
  for (int i = 0; i < 100; ++i) reactor->run_turn(begin - 1s);
  for (int i = 0; i < 100; ++i) reactor->run_turn(Deadline::min());
  EXPECT_LT(clock.steady_now() - begin, 500ms);
}

TEST_P(BackendContract, a_wait_sleeps_until_its_deadline_and_does_not_spin_before_it) {
  for (const Duration span : {Duration(200us), Duration(1500us), Duration(30ms)}) {
    const std::uint64_t waits_before = backend().figures().waits;
    const TimePoint begin = clock.steady_now();
    reactor->run_turn(begin + span);
    const Duration slept = clock.steady_now() - begin;
    EXPECT_GE(slept, span);
    EXPECT_LT(slept, span + 200ms);
    // A timer may end some nanoseconds early, a spin would wait thousands of times.
    EXPECT_LE(backend().figures().waits - waits_before, 20);
  }
}

TEST_P(BackendContract, wake_before_a_wait_ends_that_wait) {
  for (int i = 0; i < 3; ++i) {
    backend().wake();
    backend().wake();
    const TimePoint begin = clock.steady_now();
    reactor->run_turn(begin + 10s);
    EXPECT_LT(clock.steady_now() - begin, 5s);
  }
  // Nothing of it is left over: the next wait sleeps.
  turn_for(5ms);
  const TimePoint begin = clock.steady_now();
  reactor->run_turn(begin + 20ms);
  EXPECT_GE(clock.steady_now() - begin, 20ms);
}

TEST_P(BackendContract, wake_from_other_threads_ends_the_current_wait_each_time) {
  constexpr int kRounds = 200;
  std::atomic<int> woken = 0;
  std::thread waker([&] {
    for (int i = 0; i < kRounds; ++i) {
      while (woken.load() < i) std::this_thread::yield();
      backend().wake();
    }
  });
  const TimePoint begin = clock.steady_now();
  for (int i = 0; i < kRounds; ++i) {
    reactor->run_turn(kNever);
    woken.store(i + 1);
  }
  waker.join();
  EXPECT_LT(clock.steady_now() - begin, 8s);
}

TEST_P(BackendContract, signals_do_not_end_a_wait) {
  struct sigaction action{};
  struct sigaction before{};
  action.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
  const itimerval every_5_ms{.it_interval = {.tv_sec = 0, .tv_usec = 5000},
                             .it_value = {.tv_sec = 0, .tv_usec = 5000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &every_5_ms, nullptr), 0);
  const TimePoint begin = clock.steady_now();
  reactor->run_turn(begin + 50ms);
  const Duration slept = clock.steady_now() - begin;
  const itimerval off{};
  ::setitimer(ITIMER_REAL, &off, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_GE(slept, 50ms);
}

/// More than a backend's queues hold (io_uring: 1024 submissions, 8192 completions), each on an
/// eventfd of its own and ready at once.
class Crowd {
 public:
  explicit Crowd(Backend& backend) {
    for (Poll& operation : polls_) {
      const Socket& event = events_.emplace_back(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
      EXPECT_GE(event.get(), 0);
      operation.descriptor = event.get();
      operation.events = POLLIN;
      backend.poll(operation);
    }
  }
  [[nodiscard]] std::size_t size() const { return polls_.size(); }
  [[nodiscard]] bool has_ended() const {
    return std::ranges::all_of(polls_, [](const Poll& poll) { return !poll.in_flight(); });
  }
  [[nodiscard]] bool has_ended_well() const {
    return std::ranges::all_of(polls_, [](const Poll& p) { return p.results == Results{POLLIN}; });
  }

 private:
  std::vector<Socket> events_;
  std::vector<Poll> polls_{9000};
};

TEST_P(BackendContract, more_starts_and_completions_than_its_queues_hold_all_end) {
  const Crowd crowd(backend());
  turn_until([&] { return backend().in_flight() == 0; });
  EXPECT_TRUE(crowd.has_ended_well());
  EXPECT_GE(backend().figures().completions, crowd.size());
  EXPECT_GE(backend().figures().submissions, crowd.size());
}

TEST_P(BackendContract, a_receive_and_an_accept_outlive_a_full_completion_queue) {
  const SocketPair pair = tcp_pair();
  Receive receive_operation;
  receive(receive_operation, pair.near);
  std::uint16_t port = 0;
  const Socket listener = tcp_listener(port);
  Accept accept;
  accept.descriptor = listener.get();
  backend().accept(accept);
  reactor->run_turn(clock.steady_now());
  // When bytes and a connection come in a turn that has more completions than fit,
  const Crowd crowd(backend());
  write_all(pair.far, "one ");
  const Socket first = tcp_client(port);
  turn_until([&] { return crowd.has_ended(); });
  // then those that come later still arrive.
  write_all(pair.far, "two");
  const Socket second = tcp_client(port);
  turn_until([&] { return receive_operation.received.size() == 7 && accept.results.size() == 2; });
  EXPECT_EQ(receive_operation.received, "one two");
  for (const int descriptor : accept.results) EXPECT_GE(Socket(descriptor).get(), 0);
  backend().cancel(receive_operation);
  backend().cancel(accept);
  turn_until([&] { return backend().in_flight() == 0; });
}

}  // namespace
}  // namespace ringtalk::reactor::testing
