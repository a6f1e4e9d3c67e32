#include "cache/distrust.h"

#include <gtest/gtest.h>

namespace ringtalk::cache {
namespace {

TEST(Distrust, has_what_was_added_until_it_is_removed) {
  Distrust distrust(10);
  EXPECT_FALSE(distrust.has(1));
  distrust.add(1);
  distrust.add(1);
  EXPECT_TRUE(distrust.has(1));
  EXPECT_FALSE(distrust.has(2));
  EXPECT_EQ(distrust.size(), 1U);
  EXPECT_EQ(distrust.some(5), std::vector<std::int64_t>{1});
  distrust.remove(1);
  EXPECT_FALSE(distrust.has(1));
}

TEST(Distrust, at_its_bound_it_knows_them_one_by_one_and_past_it_has_all) {
  Distrust distrust(3);
  for (const std::int64_t id : {1, 2, 3}) distrust.add(id);
  EXPECT_FALSE(distrust.is_all());
  EXPECT_FALSE(distrust.has(99));
  distrust.add(4);
  EXPECT_TRUE(distrust.is_all());
  for (const std::int64_t id : {1, 4, 99}) EXPECT_TRUE(distrust.has(id));
  EXPECT_TRUE(distrust.some(5).empty());
}

TEST(Distrust, of_all_it_forgets_those_that_were_deleted_since) {
  Distrust distrust(3);
  for (const std::int64_t id : {1, 2, 3, 4}) distrust.add(id);
  distrust.remove(1);
  EXPECT_FALSE(distrust.has(1));
  EXPECT_TRUE(distrust.has(2));
  distrust.add(1);
  EXPECT_TRUE(distrust.has(1));
}

TEST(Distrust, too_many_deleted_ones_are_distrusted_again) {
  Distrust distrust(3);
  for (const std::int64_t id : {1, 2, 3, 4}) distrust.add(id);
  for (const std::int64_t id : {1, 2, 3}) distrust.remove(id);
  EXPECT_FALSE(distrust.has(1));
  distrust.remove(5);
  EXPECT_FALSE(distrust.has(5));
  EXPECT_TRUE(distrust.has(1));
}

}  // namespace
}  // namespace ringtalk::cache
