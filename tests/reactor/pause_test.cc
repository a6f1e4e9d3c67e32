// A pause lasts as long as it was told, or until somebody ends it.
#include "reactor/pause.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "reactor/sim_backend.h"
#include "run_task.h"

namespace ringtalk::reactor {
namespace {

using namespace std::chrono_literals;

class PauseTest : public ::testing::Test {
 protected:
  Task<void> rest(Duration duration) {
    co_await pause.lasting(duration);
    rested_until = reactor.now();
  }

  SimClock clock;
  Reactor reactor{std::make_unique<SimBackend>(clock), clock};
  Pause pause{reactor};
  TaskScope scope;
  const TimePoint begin = reactor.now();
  TimePoint rested_until{};
};

TEST_F(PauseTest, lasts_as_long_as_it_was_told) {
  test_support::run(reactor, rest(3s));
  EXPECT_GE(rested_until - begin, 3s);
  EXPECT_LT(rested_until - begin, 4s);
}

TEST_F(PauseTest, ends_early_and_only_once) {
  scope.spawn(rest(3s));
  test_support::turn_for(reactor, 1s);
  pause.end();
  pause.end();
  test_support::join(reactor, scope);
  EXPECT_LT(rested_until - begin, 2s);
}

TEST_F(PauseTest, may_be_used_again_after_an_early_end) {
  scope.spawn(rest(3s));
  pause.end();
  test_support::join(reactor, scope);
  test_support::run(reactor, rest(3s));
  EXPECT_GE(rested_until - begin, 3s);
}

TEST_F(PauseTest, an_end_that_nobody_waits_for_does_not_shorten_the_next_one) {
  pause.end();
  test_support::run(reactor, rest(3s));
  EXPECT_GE(rested_until - begin, 3s);
}

}  // namespace
}  // namespace ringtalk::reactor
