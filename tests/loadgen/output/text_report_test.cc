#include "loadgen/output/text_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "../measure/some_result.h"
#include "loadgen/output/csv_report.h"
#include "loadgen/output/live_line.h"
#include "loadgen/output/verdict.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

void expect_in(std::string_view text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string_view::npos) << part << "\n---\n" << text;
}

TEST(TextReport, tells_the_verdict_first) {
  RunResult result = test::some_result();
  const auto first_line = [&] {
    return text_report(result).substr(0, text_report(result).find('\n'));
  };
  EXPECT_EQ(first_line(), "GOOD: 10000 of 10000 delivered, once and in order");
  result.thresholds.push_back({.text = "ack.p99<1ms", .measured = "7 ms", .held = false});
  EXPECT_EQ(first_line(), "THRESHOLD FAILED: 1 of 2");
  result.invalid_because = {"the generator was slow: take another"};
  EXPECT_EQ(first_line(),
            "INVALID: the generator was itself the bottleneck; do not trust the latencies");
  result.was_interrupted = true;
  EXPECT_EQ(first_line(), "INTERRUPTED: what was measured until then");
  result.accounts.lost = 3;
  result.accounts.doubled = 1;
  EXPECT_EQ(first_line(), "DELIVERY VIOLATED: 3 lost, 1 doubled");
}

TEST(TextReport, words_of_verdicts_are_those_of_exit_codes) {
  RunResult result = test::some_result();
  EXPECT_EQ(name_of(verdict_of(result)), "good");
  result.thresholds[0].held = false;
  EXPECT_EQ(name_of(verdict_of(result)), "threshold");
  result.invalid_because = {""};
  EXPECT_EQ(name_of(verdict_of(result)), "invalid");
  result.was_interrupted = true;
  EXPECT_EQ(name_of(verdict_of(result)), "interrupted");
  result.accounts.reordered = 1;
  EXPECT_EQ(name_of(verdict_of(result)), "violated");
}

TEST(TextReport, tells_rates_latencies_accounts_and_the_generator_itself) {
  RunResult result = test::some_result();
  result.errors = {{"rate_limited", 12}};
  result.findings = {"user 1, conversation 0: seq 9 came after 7"};
  const std::string text = text_report(result);
  expect_in(text, "send on http://127.0.0.1:8080, 10.0 s measured, open loop at 1000/s");
  expect_in(text, "  for=10s rate=1000 users=100\n");
  expect_in(text, "  acked            10000        1000.0\n");
  expect_in(text,
            "  connect            100     700 us     700 us     700 us     700 us     700 us\n");
  expect_in(text, "expected 10000, delivered 10000; lost 0, doubled 0, out of order 0, holes 0");
  expect_in(text, "held   ack.p99<20ms                     6.95 ms");
  expect_in(text, "rate_limited");
  expect_in(text, "seq 9 came after 7");
  expect_in(text, "2 threads on io_uring; busiest thread 20 % of a core, all 0.31 cores");
  expect_in(text, "own lag p50 40.1 us, p99 40.1 us, max 300 us; 100.00 % of the schedule left");
}

TEST(TextReport, says_what_to_do_when_the_run_is_invalid) {
  RunResult result = test::some_result();
  result.invalid_because = {"the busiest thread was full: take more --threads"};
  expect_in(text_report(result), "Invalid because\n  the busiest thread was full: take more");
}

TEST(TextReport, tells_when_the_server_did_not_keep_up) {
  RunResult result = test::some_result();
  std::uint64_t& acked = result.seconds[11].counters[static_cast<std::size_t>(Counter::kAcked)];
  acked = 760;  // 240 of 12,000 wait: the bound
  EXPECT_EQ(note_on_backlog(result), "");
  acked = 759;
  expect_in(note_on_backlog(result), "did not keep up: 241 of 12000 messages waited");
  expect_in(text_report(result), "\nThe server did not keep up: 241 of 12000");
  result.is_closed_loop = true;
  EXPECT_EQ(note_on_backlog(result), "");
}

TEST(TextReport, marks_a_closed_loop) {
  RunResult result = test::some_result();
  result.is_closed_loop = true;
  expect_in(text_report(result), "closed loop\n  (latencies leave out what a stall kept");
}

TEST(TextReport, its_lines_fit_and_its_columns_stand_below_each_other) {
  RunResult result = test::some_result();
  for (int count = 0; count < 30; ++count)
    result.options["option-" + std::to_string(count)] = "some value";
  result.seconds[0].counters = {1'000'000};
  std::istringstream lines(text_report(result));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_EQ(latency_head().size(), latency_row("deliver", result.total.of(Series::kAck)).size());
}

TEST(TextReport, bytes_have_three_digits) {
  EXPECT_EQ(show_bytes(0), "0 B");
  EXPECT_EQ(show_bytes(1'023), "1023 B");
  EXPECT_EQ(show_bytes(1'024), "1.00 KiB");
  EXPECT_EQ(show_bytes(50.0 * 1'048'576), "50.0 MiB");
  EXPECT_EQ(show_bytes(3e15), "2728 TiB");
}

TEST(LiveLine, is_written_over_on_a_terminal) {
  LiveLine live(true);
  EXPECT_EQ(live.step("connecting"), "\rconnecting\x1b[K");
  const std::string line = live.second(test::some_result().seconds[3]);
  expect_in(line,
            "\r   3 s  100 connections  sent 1000/s  delivered 1000/s  ack p50 4.00 ms p99 "
            "7.30 ms");
  expect_in(line, "lag 90.0 us  cpu 31 %\x1b[K");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(live.finish(), "\n");
  EXPECT_EQ(live.finish(), "");
}

TEST(LiveLine, comes_each_ten_seconds_elsewhere) {
  LiveLine live(false);
  EXPECT_EQ(live.step("connecting"), "connecting\n");
  const std::vector<Second> seconds = test::some_result().seconds;
  EXPECT_EQ(live.second(seconds[9]), "");
  const std::string line = live.second(seconds[10]);
  expect_in(line, "  10 s  100 connections");
  EXPECT_TRUE(line.ends_with("%\n"));
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(live.second(seconds[11]), "");
  EXPECT_EQ(live.finish(), "");
}

TEST(CsvReport, has_a_head_and_a_row_a_second) {
  RunResult result = test::some_result();
  result.seconds.resize(2);
  result.seconds[1].is_warmup = false;
  std::istringstream lines(csv_report(result));
  std::string head, first, second, more;
  std::getline(lines, head);
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_FALSE(std::getline(lines, more));
  EXPECT_TRUE(head.starts_with("second,warmup,sent,acked,delivered,connected,"));
  EXPECT_TRUE(head.ends_with(",lag_max_ms\r"));
  EXPECT_TRUE(first.starts_with("0,1,1000,1000,1000,0,0,0,0,0,0,100,0.310,4.0000,6.0000,7.0000,"))
      << first;
  EXPECT_TRUE(second.starts_with("1,0,"));
  EXPECT_EQ(std::ranges::count(head, ','), std::ranges::count(first, ','));
  expect_in(first, ",10.0000,,,,,,0.0400,");  // no requests
}

}  // namespace
}  // namespace ringtalk::loadgen
