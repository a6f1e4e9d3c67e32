// A result to judge and to write down: of a run of ten seconds at 1,000 messages a second, in which
// all went well. Tests spoil what they are about. Plain values.
#pragma once

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen::test {

[[nodiscard]] inline RunResult some_result() {
  using namespace std::chrono_literals;
  RunResult result;
  result.environment = {.version = "0.1.0",
                        .command_line = "ringtalk-loadgen send --rate 1000",
                        .started_at = "2026-11-23T10:00:00Z",
                        .host = "host",
                        .cpu = "a \"CPU\"",
                        .kernel = "6.1",
                        .cores = 4};
  result.profile = "send";
  result.url = "http://127.0.0.1:8080";
  result.options = {{"users", "100"}, {"rate", "1000"}, {"for", "10s"}};
  result.measured = 10s;
  result.wanted_rate = 1'000;
  result.wanted = 10'000;
  const auto record = [&](Series series, Histogram::Duration value, std::uint64_t times) {
    result.total.series[static_cast<std::size_t>(series)].record(value, times);
  };
  const auto count = [&](Counter counter, std::uint64_t times) {
    result.total.counters[static_cast<std::size_t>(counter)] = times;
  };
  record(Series::kLag, 40us, 9'990);
  record(Series::kLag, 300us, 10);
  for (int step = 0; step < 1'000; ++step) {
    record(Series::kAck, 2ms + step * 5us, 10);
    record(Series::kDeliver, 2'500us + step * 6us, 10);
  }
  record(Series::kConnect, 700us, 100);
  count(Counter::kSent, 10'000);
  count(Counter::kAcked, 10'000);
  count(Counter::kDelivered, 10'000);
  count(Counter::kConnected, 100);
  count(Counter::kBytesSent, 1'500'000);
  count(Counter::kBytesReceived, 4'500'000);
  result.accounts.expected = result.accounts.delivered = 10'000;
  for (std::int64_t second = 0; second < 12; ++second) {
    Second& each = result.seconds.emplace_back();
    each.second = second;
    each.is_warmup = second < 2;
    each.counters[static_cast<std::size_t>(Counter::kSent)] = 1'000;
    each.counters[static_cast<std::size_t>(Counter::kAcked)] = 1'000;
    each.counters[static_cast<std::size_t>(Counter::kDelivered)] = 1'000;
    each.ack = {.p50 = 4ms, .p90 = 6ms, .p99 = 7ms + second * 100us, .p999 = 8ms, .max = 9ms};
    each.deliver = {.p50 = 5ms, .p90 = 7ms, .p99 = 8ms, .p999 = 9ms, .max = 10ms};
    each.lag = {.p50 = 40us, .p90 = 50us, .p99 = 90us, .p999 = 200us, .max = 300us};
    each.connections = 100;
    each.generator_cpu = 0.31;
  }
  result.generator = {.threads = 2,
                      .backend = "io_uring",
                      .receive_method = "multishot",
                      .cpu_of_busiest_thread = 0.2,
                      .cpu_total = 0.31};
  result.thresholds = {{.text = "ack.p99<20ms", .measured = "6.95 ms", .held = true}};
  result.figures = {{"bytes_per_connection", 1'987.5}};
  return result;
}

}  // namespace ringtalk::loadgen::test
