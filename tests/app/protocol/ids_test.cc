#include "app/protocol/ids.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace ringtalk::app::protocol {
namespace {

constexpr std::int64_t kNow = 1'795'428'000'123;

TEST(Ids, hold_their_time_random_bits_and_bucket) {
  const std::int64_t id = make_id({.unix_ms = kNow, .random = 777, .bucket = 4095});
  EXPECT_EQ(id >> 22, kNow - kIdEpochMs);
  EXPECT_EQ(id >> 12 & 1023, 777);
  EXPECT_EQ(bucket_of(id), 4095U);
}

TEST(Ids, take_only_the_low_bits_of_random_and_bucket) {
  const std::int64_t id = make_id({.unix_ms = kNow, .random = 0xffff'ffff, .bucket = 0xffff'f001});
  EXPECT_EQ(id >> 22, kNow - kIdEpochMs);
  EXPECT_EQ(bucket_of(id), 1U);
}

TEST(Ids, are_positive_from_the_epoch_to_their_last_millisecond) {
  EXPECT_GT(make_id({.unix_ms = kIdEpochMs}), 0);
  const std::int64_t last_ms = kIdEpochMs + (std::int64_t{1} << 41) - 1;
  const std::int64_t last = make_id({.unix_ms = last_ms, .random = 1023, .bucket = 4095});
  EXPECT_EQ(last, std::numeric_limits<std::int64_t>::max());
}

TEST(Ids, that_are_later_are_larger) {
  const auto id_at = [](std::int64_t ms) { return make_id({.unix_ms = ms, .random = 5}); };
  EXPECT_LT(id_at(kNow), id_at(kNow + 1));
}

TEST(Ids, of_a_pair_share_a_bucket_whoever_asks) {
  const UserId alice{123456789};
  const UserId bob{987654321};
  EXPECT_EQ(direct_bucket(alice, bob), direct_bucket(bob, alice));
}

TEST(Ids, of_pairs_are_spread_over_the_buckets) {
  std::unordered_set<std::uint32_t> buckets;
  for (std::int64_t i = 1; i <= 1000; ++i) {
    const std::uint32_t bucket = direct_bucket(UserId{i << 12}, UserId{(i + 1) << 12});
    ASSERT_LT(bucket, kBucketCount);
    buckets.insert(bucket);
  }
  EXPECT_GT(buckets.size(), 800U);  // 888 are expected of 1,000 random draws from 4,096
}

TEST(IdText, is_parsed_from_plain_digits) {
  EXPECT_EQ(parse_id("1"), 1);
  EXPECT_EQ(parse_id("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

TEST(IdText, is_refused_in_any_other_form) {
  for (const char* text : {"", "0", "-1", "+1", "01", " 1", "1 ", "1x", "x", "9223372036854775808",
                           "10000000000000000000", "99999999999999999999", "1.0", "1e3"}) {
    EXPECT_EQ(parse_id(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_id(std::string_view("1\0", 2)), std::nullopt);
}

TEST(IdText, of_a_client_is_nothing_ours_or_nobodys) {
  EXPECT_EQ(read_id<UserId>("42"), UserId{42});
  EXPECT_EQ(read_id<UserId>("no-such-thing"), UserId{0});
  EXPECT_EQ(read_id<UserId>(std::string(40, 'a')), UserId{0});
  EXPECT_EQ(read_id<UserId>(std::string(41, 'a')), std::nullopt);
  EXPECT_EQ(read_id<UserId>(""), std::nullopt);
  EXPECT_EQ(read_id<UserId>("a_b"), std::nullopt);
  EXPECT_EQ(read_id<UserId>("é"), std::nullopt);
}

TEST(MessageIdText, goes_there_and_back) {
  const MessageId id{.conversation_id = {712}, .seq = 9};
  EXPECT_EQ(to_text(id), "712-9");
  EXPECT_EQ(parse_message_id("712-9"), id);
}

TEST(MessageIdText, is_refused_in_any_other_form) {
  for (const char* text : {"712", "712-", "-9", "712-0", "0-9", "712--9", "712-9-1", "712-09"}) {
    EXPECT_EQ(parse_message_id(text), std::nullopt) << text;
  }
}

TEST(UuidText, goes_there_and_back_in_lower_case) {
  const auto uuid = parse_uuid("F81D4FAE-7dec-11D0-a765-00a0C91E6bf6");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(to_text(*uuid), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  EXPECT_EQ(parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), uuid);
}

TEST(UuidText, is_refused_unless_canonical) {
  for (const char* text :
       {"", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf66",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "f81d4fa-e7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765000a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6b-6"}) {
    EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
  }
}

TEST(Uuid, made_of_random_bytes_is_of_version_4) {
  std::array<std::uint8_t, 16> ones;
  ones.fill(0xff);
  EXPECT_EQ(to_text(make_uuid(ones)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(to_text(make_uuid({})), "00000000-0000-4000-8000-000000000000");
}

}  // namespace
}  // namespace ringtalk::app::protocol
