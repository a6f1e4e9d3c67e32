#include "app/rest/passwords.h"

#include <gtest/gtest.h>

#include <memory>

#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::rest {
namespace {

constexpr auth::PasswordCost kCost{.memory_bytes = 8 * 1024, .passes = 1};
constexpr auth::PasswordCost kOtherCost{.memory_bytes = 16 * 1024, .passes = 1};

class PasswordsTest : public ::testing::Test {
 protected:
  void run(reactor::Task<void> task) {
    scope_.spawn(std::move(task));
    while (scope_.running() > 0) reactor_.run_turn(reactor_.after(std::chrono::milliseconds(1)));
  }

  reactor::SimClock clock_;
  reactor::Reactor reactor_{std::make_unique<reactor::SimBackend>(clock_), clock_};
  reactor::TaskScope scope_;
  reactor::WorkerPool workers_{{.threads = 1, .queue_max = 1}};
  auth::PasswordHasher hasher_{kCost};
  Passwords passwords_{reactor_, workers_, hasher_};
};

reactor::Task<void> check_own_hash(Passwords& passwords) {
  const auto hash = co_await passwords.hash("correct horse");
  EXPECT_TRUE(hash);
  const auto right = co_await passwords.check("correct horse", *hash);
  EXPECT_TRUE(right->is_right);
  EXPECT_FALSE(right->better_hash);
  const auto wrong = co_await passwords.check("wrong horse", *hash);
  EXPECT_FALSE(wrong->is_right);
  const auto nobody = co_await passwords.check("correct horse", std::nullopt);
  EXPECT_FALSE(nobody->is_right);
}

TEST_F(PasswordsTest, tell_right_from_wrong) {
  run(check_own_hash(passwords_));
}

reactor::Task<void> check_hash_of_other_cost(Passwords& passwords) {
  const auth::PasswordHasher other(kOtherCost);
  const std::string hash = *other.hash("correct horse");
  const auto right = co_await passwords.check("correct horse", hash);
  EXPECT_TRUE(right->is_right);
  EXPECT_TRUE(right->better_hash);
  const auto again = co_await passwords.check("correct horse", right->better_hash);
  EXPECT_TRUE(again->is_right);
  EXPECT_FALSE(again->better_hash);
  const auto wrong = co_await passwords.check("wrong horse", hash);
  EXPECT_FALSE(wrong->better_hash);
}

TEST_F(PasswordsTest, are_hashed_anew_when_the_cost_has_changed) {
  run(check_hash_of_other_cost(passwords_));
}

}  // namespace
}  // namespace ringtalk::app::rest
