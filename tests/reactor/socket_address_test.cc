#include "reactor/socket_address.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::reactor::testing {
namespace {

TEST(SocketAddress, says_what_it_was_made_of) {
  EXPECT_EQ(to_string(numeric_address("127.0.0.1", 6379).value()), "127.0.0.1:6379");
  EXPECT_EQ(to_string(numeric_address("::1", 80).value()), "[::1]:80");
  EXPECT_EQ(to_string(unix_address("/tmp/some.sock").value()), "/tmp/some.sock");
}

TEST(SocketAddress, takes_no_name_for_a_number) {
  for (const char* host : {"", "localhost", "127.0.0", "1.2.3.4.5", "[::1]", "::1%lo "}) {
    EXPECT_EQ(numeric_address(host, 1).error().kind, ErrorKind::kInvalid) << host;
  }
}

TEST(SocketAddress, takes_the_longest_path_and_not_one_byte_more) {
  EXPECT_TRUE(unix_address(std::string(107, 'x')).has_value());
  EXPECT_EQ(unix_address(std::string(108, 'x')).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(unix_address("").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(unix_address(std::string("a\0b", 3)).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace ringtalk::reactor::testing
