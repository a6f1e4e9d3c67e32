#include "loadgen/measure/number_window.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace ringtalk::loadgen {
namespace {

using Verdict = NumberWindow::Verdict;

TEST(NumberWindow, tells_new_late_and_repeated_apart) {
  NumberWindow window;
  EXPECT_EQ(window.take(1), Verdict::kNew);
  EXPECT_EQ(window.take(1), Verdict::kRepeated);
  EXPECT_EQ(window.take(4), Verdict::kNew);
  EXPECT_EQ(window.take(3), Verdict::kLate);
  EXPECT_EQ(window.take(3), Verdict::kRepeated);
  EXPECT_EQ(window.take(1), Verdict::kRepeated);
}

TEST(NumberWindow, remembers_its_width_and_not_one_more) {
  NumberWindow window;
  window.take(1);
  window.take(2);
  window.take(1 + NumberWindow::kWidth);
  EXPECT_EQ(window.take(2), Verdict::kRepeated);
  EXPECT_EQ(window.take(1), Verdict::kLate);
}

TEST(NumberWindow, agrees_with_a_set_that_forgets_nothing) {
  std::mt19937_64 random(5);
  NumberWindow window;
  std::set<std::uint64_t> seen;
  std::uint64_t highest = 0;
  for (int round = 0; round < 100'000; ++round) {
    const std::uint64_t number = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(highest) + static_cast<std::int64_t>(random() % 90) - 80);
    Verdict expected = Verdict::kNew;
    if (number <= highest)
      expected = highest - number < NumberWindow::kWidth && seen.contains(number)
                     ? Verdict::kRepeated
                     : Verdict::kLate;
    ASSERT_EQ(window.take(number), expected) << number << " with " << highest;
    seen.insert(number);
    highest = std::max(highest, number);
  }
}

}  // namespace
}  // namespace ringtalk::loadgen
