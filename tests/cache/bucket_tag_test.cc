#include "cache/bucket_tag.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ringtalk::cache {
namespace {

// Another way to the CRC than the one under test: division of the whole text by the polynomial.
unsigned slot_of(std::string_view text) {
  std::uint32_t rest = 0;
  const std::string padded = std::string(text) + std::string(2, '\0');
  for (const char byte : padded) {
    for (int bit = 7; bit >= 0; --bit) {
      rest = (rest << 1) | ((static_cast<unsigned char>(byte) >> bit) & 1U);
      if ((rest & 0x10000U) != 0) rest ^= 0x11021U;
    }
  }
  return rest % 16'384;
}

TEST(BucketTag, the_check_itself_counts_as_redis_does) {
  EXPECT_EQ(slot_of("123456789"), 0x31C3U);  // the Redis Cluster specification
  EXPECT_EQ(slot_of("foo"), 12182U);         // CLUSTER KEYSLOT foo
}

TEST(BucketTag, each_bucket_has_the_slot_four_times_its_number) {
  for (std::int64_t bucket = 0; bucket < kBuckets; ++bucket) {
    ASSERT_EQ(slot_of(bucket_tag(bucket)), 4U * static_cast<unsigned>(bucket)) << bucket;
  }
}

TEST(BucketTag, all_are_distinct_short_and_free_of_braces) {
  std::set<std::string_view> seen;
  for (std::int64_t bucket = 0; bucket < kBuckets; ++bucket) {
    const std::string_view tag = bucket_tag(bucket);
    EXPECT_EQ(tag.size(), 3U);
    EXPECT_EQ(
        tag.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
        std::string_view::npos);
    seen.insert(tag);
  }
  EXPECT_EQ(seen.size(), 4096U);
}

TEST(BucketTag, the_low_twelve_bits_of_an_id_are_its_bucket) {
  EXPECT_EQ(bucket_tag(0x7fff'ffff'ffff'f00f), bucket_tag(15));
  EXPECT_EQ(bucket_tag(4096), bucket_tag(0));
  EXPECT_NE(bucket_tag(4095), bucket_tag(0));
}

// Instances of different versions must agree for ever.
TEST(BucketTag, never_changes) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (std::int64_t bucket = 0; bucket < kBuckets; ++bucket) {
    for (const char letter : bucket_tag(bucket)) {
      hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
    }
  }
  EXPECT_EQ(bucket_tag(0), "06S");
  EXPECT_EQ(bucket_tag(1), "4gY");
  EXPECT_EQ(bucket_tag(4095), "2ad");
  EXPECT_EQ(hash, 6405492891018384439U);
}

}  // namespace
}  // namespace ringtalk::cache
