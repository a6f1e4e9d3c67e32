#include "reactor/signal_watcher.h"

#include <pthread.h>
#include <unistd.h>

#include "backend_support.h"

namespace ringtalk::reactor::testing {
namespace {

class SignalWatcherTest : public BackendTest {
 protected:
  SignalWatcherTest() {
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_before_);
    block_signals({SIGUSR1, SIGUSR2});
  }
  ~SignalWatcherTest() override { pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr); }

  static Task<void> close_one(SignalWatcher& watcher) { co_await watcher.close(); }
  void close(SignalWatcher& watcher) {
    scope.spawn(close_one(watcher));
    turn_until([&] { return scope.running() == 0; });
  }

  TaskScope scope;
  std::vector<int> seen;

 private:
  sigset_t mask_before_{};
};
INSTANTIATE_TEST_SUITE_P(All, SignalWatcherTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

TEST_P(SignalWatcherTest, hands_over_each_signal_that_it_was_asked_for) {
  SignalWatcher watcher(*reactor, {SIGUSR1, SIGUSR2}, [&](int signal) { seen.push_back(signal); });
  ASSERT_TRUE(watcher.open().has_value());
  turn_for(2ms);
  ::kill(::getpid(), SIGUSR1);
  turn_until([&] { return seen.size() == 1; });
  ::kill(::getpid(), SIGUSR2);
  turn_until([&] { return seen.size() == 2; });
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1, SIGUSR2}));
  close(watcher);
}

TEST_P(SignalWatcherTest, a_signal_that_came_before_it_opened_is_not_lost) {
  ::kill(::getpid(), SIGUSR1);
  SignalWatcher watcher(*reactor, {SIGUSR1}, [&](int signal) { seen.push_back(signal); });
  ASSERT_TRUE(watcher.open().has_value());
  turn_until([&] { return seen.size() == 1; });
  close(watcher);
}

TEST_P(SignalWatcherTest, may_be_closed_from_its_handler) {
  const std::size_t before = open_descriptors();
  SignalWatcher* self = nullptr;
  SignalWatcher watcher(*reactor, {SIGUSR1}, [&](int signal) {
    seen.push_back(signal);
    scope.spawn(close_one(*self));
  });
  self = &watcher;
  ASSERT_TRUE(watcher.open().has_value());
  ::kill(::getpid(), SIGUSR1);
  turn_until([&] { return seen.size() == 1 && scope.running() == 0; });
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(SignalWatcherTest, close_without_a_signal_leaves_nothing_behind) {
  const std::size_t before = open_descriptors();
  SignalWatcher watcher(*reactor, {SIGUSR1}, [&](int signal) { seen.push_back(signal); });
  ASSERT_TRUE(watcher.open().has_value());
  turn_for(2ms);
  close(watcher);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(seen.size(), 0);
}

TEST_P(SignalWatcherTest, block_signals_ignores_sigpipe) {
  struct sigaction action{};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_IGN);
}

}  // namespace
}  // namespace ringtalk::reactor::testing
