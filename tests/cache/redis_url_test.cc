#include "cache/redis_url.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::cache {
namespace {

TEST(RedisUrl, a_host_alone_has_the_usual_port) {
  const auto options = parse_redis_url("redis://cache.example");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->host, "cache.example");
  EXPECT_EQ(options->port, 6379);
  EXPECT_EQ(options->database, 0);
  EXPECT_EQ(options->password, "");
  EXPECT_EQ(options->unix_path, "");
}

TEST(RedisUrl, all_its_parts) {
  const auto options = parse_redis_url("redis://chat:p%40ss%3A%2f%25@[::1]:7000/12");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->user, "chat");
  EXPECT_EQ(options->password, "p@ss:/%");
  EXPECT_EQ(options->host, "::1");
  EXPECT_EQ(options->port, 7000);
  EXPECT_EQ(options->database, 12);
}

TEST(RedisUrl, a_password_needs_no_user) {
  const auto options = parse_redis_url("redis://:secret@10.0.0.1/");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->user, "");
  EXPECT_EQ(options->password, "secret");
  EXPECT_EQ(options->host, "10.0.0.1");
}

TEST(RedisUrl, a_unix_socket) {
  const auto plain = parse_redis_url("unix:///run/redis/redis.sock");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->unix_path, "/run/redis/redis.sock");
  const auto chosen = parse_redis_url("unix://:pw@/run/a@b.sock?db=3");
  ASSERT_TRUE(chosen.has_value());
  EXPECT_EQ(chosen->unix_path, "/run/a@b.sock");
  EXPECT_EQ(chosen->password, "pw");
  EXPECT_EQ(chosen->database, 3);
}

struct Wrong {
  const char* url;
  const char* says;
};

TEST(RedisUrl, says_what_is_wrong_and_what_to_write) {
  const std::string long_path = "unix:///" + std::string(200, 'x');
  for (const Wrong& wrong : {
           Wrong{"", "redis://127.0.0.1:6379/0"},
           Wrong{"localhost:6379", "redis://127.0.0.1:6379/0"},
           Wrong{"rediss://host", "TLS"},
           Wrong{"redis://", "host is missing"},
           Wrong{"redis://:secret@", "host is missing"},
           Wrong{"redis://:6379", "host is missing"},
           Wrong{"redis://host:", "port"},
           Wrong{"redis://host:0", "port"},
           Wrong{"redis://host:65536", "port"},
           Wrong{"redis://host:6379x", "port"},
           Wrong{"redis://host/x", "database"},
           Wrong{"redis://host/-1", "database"},
           Wrong{"redis://host/0/1", "database"},
           Wrong{"redis://host?db=1", "takes no ?"},
           Wrong{"redis://::1", "brackets"},
           Wrong{"redis://[::1", "needs its ]"},
           Wrong{"redis://[host]:1", "in brackets"},
           Wrong{"redis://[::1]6379", "after the ]"},
           Wrong{"redis://a b", "character"},
           Wrong{"redis://user@host", "needs a password"},
           Wrong{"redis://user:@host", "password before @ is empty"},
           Wrong{"redis://:50%@host", "%25"},
           Wrong{"redis://:%4@host", "%25"},
           Wrong{"redis://:%zz@host", "%25"},
           Wrong{"unix://run/redis.sock", "begins at the root"},
           Wrong{"unix://", "begins at the root"},
           Wrong{"unix:///s?database=1", "?db=0"},
           Wrong{"unix:///s?db=", "database"},
           Wrong{long_path.c_str(), "107"},
       }) {
    const auto options = parse_redis_url(wrong.url);
    ASSERT_FALSE(options.has_value()) << wrong.url;
    EXPECT_EQ(options.error().kind, reactor::ErrorKind::kInvalid);
    EXPECT_TRUE(options.error().detail.contains(wrong.says))
        << wrong.url << ": " << options.error().detail;
  }
}

TEST(RedisUrl, its_errors_hold_no_password) {
  for (const char* url :
       {"redis://:hunter2@host:x", "redis://:hunter2%@host", "unix://:hunter2@s"}) {
    const auto options = parse_redis_url(url);
    ASSERT_FALSE(options.has_value());
    EXPECT_FALSE(options.error().detail.contains("hunter2"));
  }
}

}  // namespace
}  // namespace ringtalk::cache
