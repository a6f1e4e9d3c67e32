#include "reactor/resolve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "backend_support.h"
#include "run_task.h"

namespace ringtalk::reactor::testing {
namespace {

using test_support::run;

class ResolveTest : public BackendTest {
 protected:
  WorkerPool workers{{.threads = 1, .queue_max = 1}};
};
INSTANTIATE_TEST_SUITE_P(Backends, ResolveTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

TEST_P(ResolveTest, a_numeric_address_needs_no_worker) {
  WorkerPool nobody({.threads = 1, .queue_max = 0});
  const auto addresses = run(*reactor, resolve(*reactor, nobody, "::1", 6379));
  ASSERT_TRUE(addresses.has_value());
  ASSERT_EQ(addresses->size(), 1U);
  EXPECT_EQ(to_string(addresses->front()), "[::1]:6379");
}

TEST_P(ResolveTest, a_name_gets_all_its_addresses) {
  const auto addresses = run(*reactor, resolve(*reactor, workers, "localhost", 6379));
  ASSERT_TRUE(addresses.has_value());
  EXPECT_TRUE(std::ranges::any_of(*addresses, [](const SocketAddress& address) {
    const std::string text = to_string(address);
    return text == "127.0.0.1:6379" || text == "[::1]:6379";
  }));
}

// Longer than a name may be, so that no server is asked.
TEST_P(ResolveTest, a_name_that_nobody_has_is_unavailable) {
  const std::string name(300, 'x');
  const auto addresses = run(*reactor, resolve(*reactor, workers, name, 6379));
  ASSERT_FALSE(addresses.has_value());
  EXPECT_EQ(addresses.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(addresses.error().detail.contains(name));
}

}  // namespace
}  // namespace ringtalk::reactor::testing
