#include "loadgen/output/json_report.h"

#include <gtest/gtest.h>

#include <cmath>

#include "../measure/some_result.h"
#include "read_back.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

RunResult full_result() {
  RunResult result = test::some_result();
  result.is_closed_loop = true;
  result.was_interrupted = true;
  result.accounts = {.expected = 9,
                     .delivered = 2,
                     .lost = 7,
                     .doubled = 3,
                     .reordered = 4,
                     .holes = 5,
                     .unchecked = 6};
  result.findings = {"one", "two \"quoted\"\n"};
  result.errors = {{"rate_limited", 3}, {"odd \"code\"", 1}};
  result.invalid_because = {"slow"};
  result.options["odd \"name\""] = "v\\alue";
  return result;
}

TEST(JsonReport, is_read_back_whole) {
  const RunResult written = full_result();
  const RunResult read = test::read_back(written);
  // All members at once: what is read must be written the same.
  EXPECT_EQ(json_report(read), json_report(written));
  // And so that both cannot leave out the same one:
  EXPECT_EQ(read.options, written.options);
  EXPECT_EQ(read.errors, written.errors);
  EXPECT_EQ(read.figures, written.figures);
  EXPECT_EQ(read.findings, written.findings);
  EXPECT_EQ(read.invalid_because, written.invalid_because);
  EXPECT_EQ(read.measured, written.measured);
  EXPECT_EQ(read.wanted, written.wanted);
  EXPECT_TRUE(read.is_closed_loop);
  EXPECT_TRUE(read.was_interrupted);
  EXPECT_EQ(read.accounts.unchecked, 6u);
  EXPECT_EQ(read.total.counters, written.total.counters);
  EXPECT_EQ(read.generator.receive_method, "multishot");
  EXPECT_EQ(read.environment.cpu, "a \"CPU\"");
  ASSERT_EQ(read.seconds.size(), written.seconds.size());
  EXPECT_EQ(read.seconds[3].ack.p99, written.seconds[3].ack.p99);
  EXPECT_EQ(read.thresholds[0].text, "ack.p99<20ms");
}

TEST(JsonReport, histograms_come_back_with_every_percentile) {
  const RunResult written = test::some_result();
  const RunResult read = test::read_back(written);
  for (std::size_t index = 0; index < kSeriesCount; ++index) {
    const Histogram& was = written.total.series[index];
    const Histogram& is = read.total.series[index];
    EXPECT_EQ(is.count(), was.count());
    EXPECT_EQ(is.min(), was.min());
    EXPECT_EQ(is.mean(), was.mean());
    for (double percent = 0; percent <= 100; percent += 0.1)
      ASSERT_EQ(is.percentile(percent), was.percentile(percent));
  }
}

TEST(JsonReport, runs_of_several_generators_can_be_joined) {
  RunResult one = test::read_back(test::some_result());
  one.total.add(test::read_back(test::some_result()).total);
  EXPECT_EQ(one.total.of(Series::kAck).count(), 20'000u);
  EXPECT_EQ(one.total.of(Series::kAck).percentile(99),
            test::some_result().total.of(Series::kAck).percentile(99));
}

TEST(JsonReport, an_empty_result_is_a_report_too) {
  const RunResult read = test::read_back({});
  EXPECT_EQ(json_report(read), json_report({}));
}

TEST(JsonReport, what_is_no_finite_number_is_left_out) {
  RunResult result;
  result.figures["nan"] = std::nan("");
  result.figures["good"] = 1e300;
  EXPECT_EQ(test::read_back(result).figures, (std::map<std::string, double>{{"good", 1e300}}));
}

std::string without(std::string json, std::string_view part, std::string_view instead) {
  const std::size_t at = json.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return json.replace(at, part.size(), instead);
}

TEST(JsonReport, says_what_it_cannot_read_and_where) {
  const std::string good = json_report(full_result());
  const auto error_of = [](const std::string& json) {
    const auto read = read_json_report(json);
    return read ? "read" : read.error();
  };
  EXPECT_EQ(error_of(good), "read");
  EXPECT_TRUE(error_of("{").starts_with("is no JSON: "));
  EXPECT_TRUE(error_of("").starts_with("is no JSON: "));
  EXPECT_EQ(error_of("{}"), "schema: is missing; is it a report of ringtalk-loadgen --json?");
  EXPECT_EQ(error_of("[]"), "schema: is missing; is it a report of ringtalk-loadgen --json?");
  EXPECT_EQ(error_of(without(good, "ringtalk-loadgen/1", "ringtalk-loadgen/2")),
            "schema: \"ringtalk-loadgen/2\" is not known; this reads \"ringtalk-loadgen/1\"");
  EXPECT_EQ(error_of(without(good, "\"loop\":\"closed\"", "\"loop\":\"ajar\"")),
            "loop: is neither open nor closed");
  EXPECT_EQ(error_of(without(good, "\"profile\":\"send\"", "\"profile\":7")),
            "profile: is no text");
  EXPECT_EQ(error_of(without(good, "\"acked\":10000", "\"acked\":-1")),
            "counters.acked: is no count");
  EXPECT_EQ(error_of(without(good, "\"holes\":5", "\"hole\":5")), "accounts.holes: is missing");
  EXPECT_EQ(error_of(without(good, "\"buckets\":[[", "\"buckets\":[[-")),
            "latency.lag.buckets[0]: is negative");
  EXPECT_EQ(error_of(without(good, "\"buckets\":[[", "\"buckets\":[[],[")),
            "latency.lag.buckets[0]: is no pair of a bound and a count");
  EXPECT_EQ(error_of(without(good, "\"held\":true", "\"held\":1")),
            "thresholds[0].held: is neither true nor false");
  EXPECT_EQ(error_of(without(good, "\"warmup\":true", "\"warmth\":true")),
            "seconds[0].warmup: is missing");
}

}  // namespace
}  // namespace ringtalk::loadgen
