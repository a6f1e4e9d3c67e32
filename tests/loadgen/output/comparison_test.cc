#include "loadgen/output/comparison.h"

#include <gtest/gtest.h>

#include <limits>

#include "../measure/some_result.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

using Texts = std::vector<std::string>;

struct Comparison : testing::Test {
  RunResult before = test::some_result();
  RunResult after = test::some_result();
  RunPair pair{.before = before, .after = after};

  [[nodiscard]] ThresholdOutcome judge(std::string_view text) const {
    const auto limit = parse_change_limit(text);
    EXPECT_TRUE(limit.has_value()) << text << ": " << limit.error().words;
    return limit ? limit->judge(pair) : ThresholdOutcome{};
  }
  void set_acked(RunResult& result, std::uint64_t times) {
    result.total.counters[static_cast<std::size_t>(Counter::kAcked)] = times;
  }
};

TEST_F(Comparison, runs_of_the_same_options_may_be_compared) {
  EXPECT_TRUE(differences_of(pair).empty());
  EXPECT_TRUE(doubts_of(pair).empty());
  before.options["seed"] = "1";
  after.options["seed"] = "2";
  EXPECT_TRUE(differences_of(pair).empty());
}

TEST_F(Comparison, tells_which_options_differ) {
  after.profile = "fanout";
  after.is_closed_loop = true;
  after.options["rate"] = "2000";
  after.options["members"] = "5";
  after.options.erase("users");
  EXPECT_EQ(differences_of(pair),
            (Texts{"profile: send and fanout", "loop: open and closed", "members: nothing and 5",
                   "rate: 1000 and 2000", "users: 100 and nothing"}));
}

TEST_F(Comparison, doubts_invalid_interrupted_closed_and_other_machines) {
  before.invalid_because = {"slow"};
  EXPECT_EQ(doubts_of(pair), Texts{"before: the run was invalid: slow"});
  before.invalid_because.clear();
  after.was_interrupted = true;
  EXPECT_EQ(doubts_of(pair), Texts{"after: the run was interrupted"});
  after.was_interrupted = false;
  after.is_closed_loop = true;
  ASSERT_EQ(doubts_of(pair).size(), 1u);
  EXPECT_TRUE(doubts_of(pair)[0].starts_with("one loop was open and one closed"));
  after.is_closed_loop = false;
  after.environment.cores = 64;
  ASSERT_EQ(doubts_of(pair).size(), 1u);
  EXPECT_TRUE(doubts_of(pair)[0].starts_with("the machines differ"));
}

TEST_F(Comparison, a_change_may_be_as_large_as_its_limit_and_not_larger) {
  set_acked(after, 11'000);
  EXPECT_TRUE(judge("acked.rate>+10%").held);
  EXPECT_FALSE(judge("acked.rate>+9.9%").held);
  EXPECT_TRUE(judge("acked.rate<-5%").held);
  EXPECT_EQ(judge("acked.rate>+5%").measured, "1000.0/s to 1100.0/s, +10.0 %");
  set_acked(after, 9'500);
  EXPECT_TRUE(judge("acked.rate<-5%").held);
  EXPECT_FALSE(judge("acked.rate<-4.9%").held);
  EXPECT_TRUE(judge("acked.rate>+0%").held);
}

TEST_F(Comparison, what_was_nothing_and_is_something_is_past_every_limit) {
  after.accounts.lost = 1;
  EXPECT_FALSE(judge("lost>+1000%").held);
  EXPECT_TRUE(judge("doubled>+0%").held);
}

TEST_F(Comparison, what_one_has_not_measured_does_not_hold) {
  after.figures.clear();
  EXPECT_FALSE(judge("figure:bytes_per_connection>+5%").held);
  EXPECT_EQ(judge("page.p99>+5%").measured, "not measured");
}

TEST_F(Comparison, faults_of_limits_name_the_position) {
  for (const auto& [text, position] :
       std::initializer_list<std::pair<std::string_view, std::size_t>>{{"ack.p99", 7},
                                                                       {"ack.p99>10%", 8},
                                                                       {"ack.p99>+10", 8},
                                                                       {"ack.p99>-10%", 8},
                                                                       {"ack.p99<+10%", 8},
                                                                       {"ack.p99>+%", 8},
                                                                       {"ack.x>+10%", 4}}) {
    const auto limit = parse_change_limit(text);
    ASSERT_FALSE(limit.has_value()) << text;
    EXPECT_EQ(limit.error().position, position) << text;
  }
  EXPECT_NE(parse_change_limit("ack.p99>10%").error().words.find("write >+10% or <-5%"),
            std::string::npos);
}

TEST_F(Comparison, changes_are_of_the_first) {
  EXPECT_EQ(change_of(100, 150), 50);
  EXPECT_EQ(change_of(100, 50), -50);
  EXPECT_EQ(change_of(0, 0), 0);
  EXPECT_EQ(change_of(0, 1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(show_change(0), "=");
  EXPECT_EQ(show_change(12.34), "+12.3 %");
  EXPECT_EQ(show_change(-5), "-5.0 %");
  EXPECT_EQ(show_change(-0.049), "0.0 %");
  EXPECT_EQ(show_change(-0.051), "-0.1 %");
  EXPECT_EQ(show_change(change_of(0, 1)), "from 0");
}

TEST_F(Comparison, shows_each_series_and_percentile_with_both_values_and_the_change) {
  set_acked(after, 11'000);
  after.total.series[static_cast<std::size_t>(Series::kResume)].record(1s);
  after.figures["odd name"] = 1;
  const std::string text = comparison_text(pair);
  for (const std::string_view row :
       {"  acked.rate                                1000.0/s        1100.0/s       +10.0 %\n",
        "  connect.p99                                 700 us          700 us             =\n",
        "  resume.p50                                       -          1.00 s              \n",
        "  lost                                             0               0             =\n",
        "  figure:bytes_per_connection                1987.50         1987.50             =\n"})
    EXPECT_NE(text.find(row), std::string::npos) << row << text;
  for (const std::string_view name : {"ack.p50", "ack.p90", "ack.p99", "ack.p99.9", "ack.max"})
    EXPECT_NE(text.find(std::string("  ") + std::string(name) + " "), std::string::npos) << name;
}

}  // namespace
}  // namespace ringtalk::loadgen
