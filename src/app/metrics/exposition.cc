#include "app/metrics/exposition.h"

#include <fmt/format.h>

#include <array>

#include "app/metrics/prometheus_text.h"

namespace ringtalk::app::metrics {

namespace {

using Counter = std::uint64_t (*)(const ShardFigures&);

struct Figure {
  Family family;
  Counter value;
};

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

// One number each, without labels.
constexpr std::array kFigures{
    Figure{{"ringtalk_http_connections", kGauge, "Open connections that speak HTTP."},
           [](const ShardFigures& f) { return f.counted.http_connections; }},
    Figure{{"ringtalk_connections_accepted_total", kCounter, "Connections accepted."},
           [](const ShardFigures& f) { return f.counted.connections_accepted; }},
    Figure{{"ringtalk_connections_refused_total", kCounter,
            "Connections closed as they were accepted, because there were too many."},
           [](const ShardFigures& f) { return f.counted.connections_refused; }},
    Figure{{"ringtalk_websocket_sessions", kGauge, "Open WebSocket sessions."},
           [](const ShardFigures& f) { return f.counted.ws_sessions; }},
    Figure{{"ringtalk_websocket_messages_received_total", kCounter,
            "Whole WebSocket messages received from clients."},
           [](const ShardFigures& f) { return f.counted.messages_received; }},
    Figure{{"ringtalk_events_delivered_total", kCounter, "Events handed to WebSocket sessions."},
           [](const ShardFigures& f) { return f.counted.events_delivered; }},
    Figure{{"ringtalk_acks_sent_total", kCounter, "Acks sent over WebSocket."},
           [](const ShardFigures& f) { return f.counted.acks_sent; }},
    Figure{{"ringtalk_passing_sent_total", kCounter, "Receipts and typing news sent to sessions."},
           [](const ShardFigures& f) { return f.counted.passing_sent; }},
    Figure{
        {"ringtalk_passing_dropped_total", kCounter,
         "Receipts and typing news dropped: the session was behind, or a mailbox was full."},
        [](const ShardFigures& f) { return f.counted.passing_dropped + f.passing_letters_lost; }},
    Figure{{"ringtalk_command_errors_total", kCounter, "Error answers to WebSocket commands."},
           [](const ShardFigures& f) { return f.counted.command_errors; }},
    Figure{{"ringtalk_heads_found_behind_total", kCounter,
            "Conversations whose last events were found by comparing heads with the database."},
           [](const ShardFigures& f) { return f.counted.heads_found_behind; }},
    Figure{{"ringtalk_memberships_reread_total", kCounter,
            "Sessions that read their conversations again: a notice was lost."},
           [](const ShardFigures& f) { return f.counted.memberships_reread; }},
    Figure{{"ringtalk_removals_found_total", kCounter,
            "Removals that sessions learned from the database: the notice was late or lost."},
           [](const ShardFigures& f) { return f.counted.removals_found; }},
    Figure{{"ringtalk_feed_fills_total", kCounter,
            "Times that a session was behind a log and read what it had missed."},
           [](const ShardFigures& f) { return f.counted.feed_fills; }},
    Figure{{"ringtalk_slow_consumers_total", kCounter,
            "WebSockets closed because their client read too slowly."},
           [](const ShardFigures& f) { return f.counted.slow_consumers; }},

    Figure{{"ringtalk_messages_committed_total", kCounter, "Messages committed."},
           [](const ShardFigures& f) { return f.committer.messages; }},
    Figure{{"ringtalk_commit_batches_total", kCounter, "Transactions that committed messages."},
           [](const ShardFigures& f) { return f.committer.batches; }},
    Figure{{"ringtalk_commit_retries_total", kCounter,
            "Transactions sent again because their fate was unknown."},
           [](const ShardFigures& f) { return f.committer.retries; }},
    Figure{{"ringtalk_commit_hot_lanes_total", kCounter,
            "Times that a conversation with a locked row got a lane of its own."},
           [](const ShardFigures& f) { return f.committer.hot_lanes; }},
    Figure{{"ringtalk_commit_queue_messages", kGauge, "Messages that wait to be committed."},
           [](const ShardFigures& f) { return std::uint64_t{f.committer.waiting}; }},
    Figure{{"ringtalk_mark_batches_total", kCounter, "Transactions that wrote marks."},
           [](const ShardFigures& f) { return f.receipts.batches; }},
    Figure{{"ringtalk_mark_batch_failures_total", kCounter,
            "Transactions of marks that failed; most are tried again."},
           [](const ShardFigures& f) { return f.receipts.failures; }},
    Figure{{"ringtalk_marks_raised_total", kCounter, "Marks of a member raised by a batch."},
           [](const ShardFigures& f) { return f.receipts.raised; }},
    Figure{{"ringtalk_marks_forgotten_total", kCounter,
            "Marks that were not written: no room while the database was away, or refused by it."},
           [](const ShardFigures& f) { return f.receipts.forgotten; }},
    Figure{{"ringtalk_marks_pending", kGauge, "Marks that wait to be written."},
           [](const ShardFigures& f) { return std::uint64_t{f.receipts.pending}; }},
    Figure{{"ringtalk_topics", kGauge, "Conversations with listeners, counted on each shard."},
           [](const ShardFigures& f) { return f.topics; }},
    Figure{{"ringtalk_events_published_total", kCounter,
            "Events that reached a shard to be delivered there."},
           [](const ShardFigures& f) { return f.events_published; }},
    Figure{{"ringtalk_fan_out_rounds_total", kCounter,
            "Rounds through the listeners of a conversation, each with one event or more."},
           [](const ShardFigures& f) { return f.fan_out_rounds; }},
    Figure{{"ringtalk_fan_out_events_total", kCounter, "Events given in these rounds."},
           [](const ShardFigures& f) { return f.fan_out_events; }},
    Figure{{"ringtalk_letters_lost_total", kCounter,
            "Events that found a full mailbox and are filled in from the database."},
           [](const ShardFigures& f) { return f.letters_lost; }},
    Figure{{"ringtalk_bus_connections_up", kGauge,
            "Shards that hear the other instances; 0 without Redis."},
           [](const ShardFigures& f) { return f.bus_connections_up; }},
    Figure{{"ringtalk_bus_letters_published_total", kCounter, "Letters to other instances."},
           [](const ShardFigures& f) { return f.bus.published; }},
    Figure{{"ringtalk_bus_publishes_lost_total", kCounter,
            "Letters to other instances that could not be sent: Redis was away."},
           [](const ShardFigures& f) { return f.bus.publishes_lost; }},
    Figure{{"ringtalk_bus_letters_heard_total", kCounter, "Letters of other instances."},
           [](const ShardFigures& f) { return f.bus.heard; }},
    Figure{{"ringtalk_bus_letters_unread_total", kCounter,
            "What was heard and is no letter: another version, or not of Ringtalk."},
           [](const ShardFigures& f) { return f.bus.unread; }},
    Figure{{"ringtalk_tail_hits_total", kCounter, "Newest pages that Redis had whole."},
           [](const ShardFigures& f) { return f.tails.cache.hits; }},
    Figure{{"ringtalk_tail_misses_total", kCounter, "Newest pages that Redis did not have whole."},
           [](const ShardFigures& f) { return f.tails.cache.misses; }},
    Figure{{"ringtalk_tail_loads_total", kCounter,
            "Tails that were put into Redis from the database: missed again and again."},
           [](const ShardFigures& f) { return f.tails.loads; }},
    Figure{{"ringtalk_pages_joined_total", kCounter,
            "Reads of a log that were answered together with an equal one."},
           [](const ShardFigures& f) { return f.pages_joined; }},
    Figure{{"ringtalk_users_online", kGauge, "Users with a connection to this instance."},
           [](const ShardFigures& f) { return f.users_online; }},
    Figure{{"ringtalk_watched_users", kGauge, "Users whose presence some session here watches."},
           [](const ShardFigures& f) { return f.users_watched; }},
    Figure{{"ringtalk_watches", kGauge, "Users on the watch lists of all sessions together."},
           [](const ShardFigures& f) { return f.watches; }},
    Figure{{"ringtalk_presence_sent_total", kCounter, "Presence messages sent to sessions."},
           [](const ShardFigures& f) { return f.counted.presence_sent; }},
    Figure{{"ringtalk_presence_merged_total", kCounter,
            "Changes of presence that a later one replaced before they were sent."},
           [](const ShardFigures& f) { return f.counted.presence_merged; }},
    Figure{{"ringtalk_instances_alive", kGauge,
            "Instances that have beaten lately, this one included; 0 without Redis."},
           [](const ShardFigures& f) { return f.instances_alive; }},
    Figure{{"ringtalk_rate_buckets", kGauge, "Users and addresses that the rate limiter counts."},
           [](const ShardFigures& f) { return f.rate_buckets; }},

    Figure{{"ringtalk_reactor_turns_total", kCounter, "Turns of the reactors."},
           [](const ShardFigures& f) { return f.reactor.turns; }},
    Figure{{"ringtalk_reactor_letters_total", kCounter, "Letters delivered between shards."},
           [](const ShardFigures& f) { return f.reactor.letters; }},
    Figure{{"ringtalk_reactor_resumed_total", kCounter, "Tasks resumed."},
           [](const ShardFigures& f) { return f.reactor.resumed; }},
    Figure{{"ringtalk_mailbox_letters", kGauge, "Letters that wait in mailboxes."},
           [](const ShardFigures& f) { return f.mailbox_letters; }},
    Figure{{"ringtalk_backend_waits_total", kCounter, "System calls that could have slept."},
           [](const ShardFigures& f) { return f.backend.waits; }},
    Figure{{"ringtalk_backend_submissions_total", kCounter, "Operations handed to the kernel."},
           [](const ShardFigures& f) { return f.backend.submissions; }},
    Figure{{"ringtalk_backend_completions_total", kCounter, "Completions delivered."},
           [](const ShardFigures& f) { return f.backend.completions; }},
    Figure{{"ringtalk_backend_starved_total", kCounter, "Receives parked for want of a buffer."},
           [](const ShardFigures& f) { return f.backend.starved; }},
    Figure{{"ringtalk_backend_operations_in_flight", kGauge, "Operations under way."},
           [](const ShardFigures& f) { return f.operations_in_flight; }},
    Figure{{"ringtalk_db_connections_up", kGauge, "Database connections that are up."},
           [](const ShardFigures& f) { return f.db_connections_up; }},
};

using DbCounter = std::uint64_t (*)(const db::PgFigures&);

struct DbFigure {
  Family family;
  DbCounter value;
};

// One number for each kind of database connection.
constexpr std::array kDbFigures{
    DbFigure{{"ringtalk_db_segments_in_flight", kGauge, "Segments sent and not answered."},
             [](const db::PgFigures& f) { return std::uint64_t{f.in_flight}; }},
    DbFigure{{"ringtalk_db_segments_waiting", kGauge, "Segments that wait for a connection."},
             [](const db::PgFigures& f) { return std::uint64_t{f.waiting}; }},
    DbFigure{{"ringtalk_db_segments_total", kCounter, "Segments answered."},
             [](const db::PgFigures& f) { return f.answered; }},
    DbFigure{{"ringtalk_db_segments_failed_total", kCounter, "Segments answered with an error."},
             [](const db::PgFigures& f) { return f.failed; }},
    DbFigure{{"ringtalk_db_segments_timed_out_total", kCounter, "Segments given up as late."},
             [](const db::PgFigures& f) { return f.timed_out; }},
    DbFigure{{"ringtalk_db_connects_total", kCounter, "Connections made."},
             [](const db::PgFigures& f) { return f.connects; }},
    DbFigure{{"ringtalk_db_connect_failures_total", kCounter, "Connections that failed."},
             [](const db::PgFigures& f) { return f.connect_failures; }},
    DbFigure{{"ringtalk_db_connection_losses_total", kCounter, "Connections that broke."},
             [](const db::PgFigures& f) { return f.losses; }},
};

void append_routes(PrometheusText& text, const Metrics& counted) {
  text.begin({"ringtalk_http_requests_total", kCounter, "HTTP requests answered."});
  for (const RouteFigures& route : counted.routes()) {
    for (std::size_t digit = 1; digit < RouteFigures::kStatusClasses; ++digit) {
      if (route.by_status_class[digit] == 0) continue;
      const std::string status = fmt::format("{}xx", digit);
      text.sample({{"method", route.method}, {"route", route.pattern}, {"status", status}},
                  route.by_status_class[digit]);
    }
  }
  text.begin({"ringtalk_http_request_duration_seconds", MetricType::kHistogram,
              "From a whole request to its answer."});
  for (const RouteFigures& route : counted.routes()) {
    text.histogram({{"method", route.method}, {"route", route.pattern}},
                   {.bounds_us = Histogram::kBoundsUs,
                    .counts = route.duration.counts(),
                    .sum = route.duration.sum()});
  }
}

void append_closed(PrometheusText& text, const Metrics& counted) {
  text.begin({"ringtalk_websocket_closed_total", kCounter,
              "WebSockets closed, by close code; 0 stands for any other."});
  for (const auto& [code, count] : counted.ws_closed()) {
    text.sample({{"code", fmt::format("{}", code)}}, count);
  }
}

void append_db(PrometheusText& text, const ShardFigures& sum) {
  for (const DbFigure& figure : kDbFigures) {
    text.begin(figure.family);
    text.sample({{"connection", "writer"}}, figure.value(sum.db_writer));
    text.sample({{"connection", "reader"}}, figure.value(sum.db_reader));
  }
  // The pool's last bucket takes all that is too slow for the others.
  std::array<std::int64_t, db::PgFigures::kLatencyBuckets - 1> bounds_us{};
  for (std::size_t i = 0; i < bounds_us.size(); ++i) bounds_us[i] = std::int64_t{1} << i;
  text.begin({"ringtalk_db_segment_duration_seconds", MetricType::kHistogram,
              "From the sending of a segment to its answer."});
  for (const auto& [name, figures] :
       {std::pair{"writer", &sum.db_writer}, std::pair{"reader", &sum.db_reader}}) {
    text.histogram(
        {{"connection", name}},
        {.bounds_us = bounds_us, .counts = figures->latency, .sum = figures->time_in_flight});
  }
}

void append_process(PrometheusText& text, const ProcessFigures& process) {
  text.single({"process_resident_memory_bytes", kGauge, "Memory in use."}, process.resident_bytes);
  text.single({"process_virtual_memory_bytes", kGauge, "Address space."}, process.virtual_bytes);
  text.single({"process_open_fds", kGauge, "Open descriptors."}, process.open_descriptors);
  text.single({"process_max_fds", kGauge, "Descriptors allowed."}, process.descriptors_max);
  text.single({"process_threads", kGauge, "Threads."}, process.threads);
  text.single({"process_cpu_seconds_total", kCounter, "Processor time."}, process.cpu_seconds);
  text.single({"process_start_time_seconds", kGauge, "When the process started, Unix time."},
              process.started_at_s);
}

}  // namespace

void append_exposition(std::string& out, const ShardFigures& sum, const ServerFigures& server) {
  PrometheusText text(out);
  text.begin({"ringtalk_build_info", kGauge, "Always 1; its labels tell what runs."});
  text.sample({{"version", server.version}, {"backend", server.backend}}, std::uint64_t{1});
  text.single({"ringtalk_shards", kGauge, "Shards, one thread each."}, server.shards);
  append_routes(text, sum.counted);
  append_closed(text, sum.counted);
  for (const Figure& figure : kFigures) text.single(figure.family, figure.value(sum));
  text.begin({"ringtalk_message_commit_duration_seconds", MetricType::kHistogram,
              "From a message's arrival at its sender's shard to its commit."});
  text.histogram({}, {.bounds_us = Histogram::kBoundsUs,
                      .counts = sum.counted.message_commit.counts(),
                      .sum = sum.counted.message_commit.sum()});
  append_db(text, sum);
  text.single({"ringtalk_reactor_longest_turn_seconds", kGauge,
               "The longest turn of a reactor since the last scrape."},
              std::chrono::duration<double>(sum.reactor.longest_turn).count());
  text.single({"ringtalk_worker_queue_jobs", kGauge, "Jobs that wait for a worker thread."},
              server.worker_jobs_waiting);
  text.single({"ringtalk_log_events_dropped_total", kCounter, "Log events that found no room."},
              server.log_events_dropped);
  append_process(text, server.process);
}

}  // namespace ringtalk::app::metrics
