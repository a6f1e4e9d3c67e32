#include "reactor/fd_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <optional>

#include "backend_support.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor::testing {
namespace {

class FdWatcherTest : public BackendTest {
 protected:
  FdWatcherTest() : watcher(*reactor) {}

  Task<void> wait(std::uint32_t events, Deadline deadline) {
    outcome = co_await watcher.wait(event.get(), events, deadline);
    ++outcomes;
  }
  /// As a library's owner does: wait, let it read, wait again.
  Task<void> count_events(int& count, int count_max) {
    while (count < count_max) {
      const Result<std::uint32_t> ready = co_await watcher.wait(event.get(), POLLIN);
      if (!ready) co_return;
      std::uint64_t value = 0;
      ::eventfd_read(event.get(), &value);
      ++count;
    }
  }
  void signal() { ASSERT_EQ(::eventfd_write(event.get(), 1), 0); }

  Socket event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  FdWatcher watcher;
  TaskScope scope;
  std::optional<Result<std::uint32_t>> outcome;
  int outcomes = 0;
};
INSTANTIATE_TEST_SUITE_P(All, FdWatcherTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

TEST_P(FdWatcherTest, resumes_with_the_ready_events) {
  scope.spawn(wait(POLLIN, kNever));
  turn_for(5ms);
  EXPECT_TRUE(watcher.is_waiting());
  EXPECT_EQ(outcomes, 0);
  signal();
  turn_until([&] { return outcomes == 1; });
  EXPECT_EQ(outcome->value(), POLLIN);
  EXPECT_FALSE(watcher.is_waiting());
}

TEST_P(FdWatcherTest, a_ready_descriptor_resumes_later_not_from_inside_the_call) {
  signal();
  scope.spawn(wait(POLLIN | POLLOUT, kNever));
  EXPECT_EQ(outcomes, 0);
  turn_until([&] { return outcomes == 1; });
  EXPECT_EQ(outcome->value(), POLLIN | POLLOUT);
}

TEST_P(FdWatcherTest, times_out_at_its_deadline_and_can_wait_again) {
  const TimePoint begin = reactor->now();
  scope.spawn(wait(POLLIN, begin + 20ms));
  turn_until([&] { return outcomes == 1; });
  EXPECT_GE(reactor->now() - begin, 20ms);
  EXPECT_EQ(outcome->error().kind, ErrorKind::kTimedOut);

  scope.spawn(wait(POLLOUT, reactor->now() + 10s));
  turn_until([&] { return outcomes == 2; });
  EXPECT_EQ(outcome->value(), POLLOUT);
}

TEST_P(FdWatcherTest, interrupt_cancels_and_resumes_from_the_loop) {
  scope.spawn(wait(POLLIN, reactor->now() + 10s));
  turn_for(2ms);
  watcher.interrupt();
  watcher.interrupt();
  EXPECT_EQ(outcomes, 0);
  turn_until([&] { return outcomes == 1; });
  EXPECT_EQ(outcome->error().kind, ErrorKind::kCancelled);
}

TEST_P(FdWatcherTest, interrupt_does_nothing_when_nobody_waits) {
  watcher.interrupt();
  turn_for(2ms);
  scope.spawn(wait(POLLOUT, kNever));
  turn_until([&] { return outcomes == 1; });
  EXPECT_TRUE(outcome->has_value());
}

TEST_P(FdWatcherTest, a_timeout_does_not_turn_a_later_error_into_kTimedOut) {
  scope.spawn(wait(POLLIN, reactor->now() + 1ms));
  turn_until([&] { return outcomes == 1; });
  scope.spawn(wait(POLLIN, kNever));
  turn_for(1ms);
  watcher.interrupt();
  turn_until([&] { return outcomes == 2; });
  EXPECT_EQ(outcome->error().kind, ErrorKind::kCancelled);
}

TEST_P(FdWatcherTest, waits_as_a_library_would_make_it_many_times) {
  constexpr int kRounds = 500;
  int rounds = 0;
  scope.spawn(count_events(rounds, kRounds));
  for (int i = 0; i < kRounds; ++i) {
    signal();
    turn_until([&] { return rounds == i + 1; });
  }
  EXPECT_EQ(scope.running(), 0);
}

}  // namespace
}  // namespace ringtalk::reactor::testing
