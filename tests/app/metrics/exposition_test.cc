#include "app/metrics/exposition.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ringtalk::app::metrics {
namespace {

using namespace std::chrono_literals;

ShardFigures busy_shard() {
  ShardFigures figures;
  const std::size_t route = figures.counted.add_route(http::Method::kGet, "/v1/users/{id}");
  figures.counted.count_request(route, 200, 3ms);
  figures.counted.count_request(route, 404, 1ms);
  figures.counted.count_request(Metrics::kNoRoute, 404, 1ms);
  figures.counted.count_ws_closed(1000);
  figures.counted.count_ws_closed(4999);
  figures.counted.events_delivered = 5;
  figures.counted.message_commit.observe(2ms);
  figures.committer.messages = 4;
  figures.reactor.longest_turn = 2ms;
  figures.db_writer.in_flight = 1;
  figures.db_writer.latency[3] = 6;
  figures.db_reader.answered = 8;
  return figures;
}

std::string exposition(const ShardFigures& sum) {
  std::string out;
  append_exposition(
      out, sum,
      {.version = "1.2.3", .backend = "epoll", .shards = 2, .process = read_process_figures()});
  return out;
}

TEST(Exposition, shows_the_sum_of_all_shards) {
  ShardFigures sum = busy_shard();
  ShardFigures other = busy_shard();
  other.reactor.longest_turn = 7ms;
  sum.add(other);
  const std::string text = exposition(sum);
  for (const char* line : {
           "ringtalk_build_info{version=\"1.2.3\",backend=\"epoll\",} 1\n",
           "ringtalk_http_requests_total{method=\"GET\",route=\"/v1/users/{id}\","
           "status=\"2xx\",} 2\n",
           "ringtalk_http_requests_total{method=\"other\",route=\"other\",status=\"4xx\",} 2\n",
           "ringtalk_http_request_duration_seconds_count{method=\"GET\","
           "route=\"/v1/users/{id}\",} 4\n",
           "ringtalk_websocket_closed_total{code=\"1000\",} 2\n",
           "ringtalk_websocket_closed_total{code=\"0\",} 2\n",
           "ringtalk_events_delivered_total 10\n",
           "ringtalk_messages_committed_total 8\n",
           "ringtalk_message_commit_duration_seconds_count 2\n",
           "ringtalk_reactor_longest_turn_seconds 0.007\n",
           "ringtalk_db_segments_in_flight{connection=\"writer\",} 2\n",
           "ringtalk_db_segments_total{connection=\"reader\",} 16\n",
           "ringtalk_db_segment_duration_seconds_bucket{connection=\"writer\",le=\"8e-06\",} 12\n",
       }) {
    EXPECT_NE(text.find(line), text.npos) << line << text;
  }
}

TEST(Exposition, passes_promtool) {
  if (std::system("command -v promtool > /dev/null") != 0) GTEST_SKIP() << "no promtool here";
  FILE* promtool = popen("promtool check metrics 2>&1", "w");
  ASSERT_NE(promtool, nullptr);
  const std::string text = exposition(busy_shard());
  std::fwrite(text.data(), 1, text.size(), promtool);
  EXPECT_EQ(pclose(promtool), 0);
}

TEST(ProcessFigures, know_this_process) {
  const ProcessFigures before = read_process_figures();
  EXPECT_GT(before.resident_bytes, 1'000'000U);
  EXPECT_GT(before.virtual_bytes, before.resident_bytes);
  EXPECT_GE(before.threads, 1U);
  EXPECT_GT(before.descriptors_max, before.open_descriptors);
  EXPECT_GT(before.started_at_s, 1.7e9);

  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(read_process_figures().open_descriptors, before.open_descriptors + 2);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace ringtalk::app::metrics
