#include "loadgen/measure/acked_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>

namespace ringtalk::loadgen {
namespace {

TEST(AckedSet, agrees_with_a_plain_set) {
  std::mt19937_64 random(2);
  AckedSet set, other;
  std::set<std::int64_t> plain, plain_other;
  for (int round = 0; round < 5'000; ++round) {
    const auto seq = static_cast<std::int64_t>(1 + random() % 9'000);
    if (round % 2 == 0) {
      EXPECT_EQ(set.insert(seq), plain.insert(seq).second);
    } else {
      EXPECT_EQ(other.insert(seq), plain_other.insert(seq).second);
    }
  }
  std::uint64_t shared = 0;
  for (const std::int64_t seq : plain_other) shared += plain.insert(seq).second ? 0 : 1;
  EXPECT_EQ(set.add(other), shared);

  const AckedSet::Counter counter(set);
  for (int round = 0; round < 2'000; ++round) {
    const auto first = static_cast<std::int64_t>(random() % 9'100);
    const auto last = first + static_cast<std::int64_t>(random() % 500);
    const auto within = std::distance(plain.lower_bound(first), plain.upper_bound(last));
    ASSERT_EQ(counter.within(first, last), static_cast<std::uint64_t>(within));
    const auto after = std::distance(plain.upper_bound(first), plain.end());
    ASSERT_EQ(counter.after(first), static_cast<std::uint64_t>(after));
    ASSERT_EQ(set.contains(first), plain.contains(first));
  }
}

TEST(AckedSet, an_absurd_seq_costs_no_memory_and_is_counted) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  AckedSet set;
  EXPECT_TRUE(set.insert(100));
  for (const std::int64_t seq : {kHuge, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                 64 + AckedSet::kSpanMax}) {
    EXPECT_TRUE(set.insert(seq)) << seq;
    EXPECT_FALSE(set.insert(seq)) << seq;
    EXPECT_TRUE(set.contains(seq)) << seq;
  }
  EXPECT_TRUE(set.insert(64 + AckedSet::kSpanMax - 1));  // the last that has a bit
  const AckedSet::Counter counter(set);
  EXPECT_EQ(counter.after(0), 4u);
  EXPECT_EQ(counter.within(1, 100), 1u);
  AckedSet joined;
  EXPECT_EQ(joined.add(set), 0u);
  EXPECT_TRUE(joined.contains(kHuge));
  EXPECT_EQ(joined.add(set), 6u);
}

TEST(AckedSet, holds_nothing_at_first) {
  const AckedSet set;
  EXPECT_FALSE(set.contains(0));
  EXPECT_EQ(AckedSet::Counter(set).after(0), 0u);
}

}  // namespace
}  // namespace ringtalk::loadgen
