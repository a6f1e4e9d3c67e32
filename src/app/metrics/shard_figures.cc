#include "app/metrics/shard_figures.h"

#include <algorithm>

#include "app/chat/cached_message_store.h"
#include "app/chat/fan_out.h"
#include "app/chat/heartbeat.h"
#include "app/chat/hub.h"
#include "app/chat/online_users.h"
#include "app/chat/routes.h"
#include "app/chat/watched_users.h"
#include "app/chat/watchers.h"
#include "app/rate_limiter.h"
#include "db/pool.h"

namespace ringtalk::app::metrics {

namespace {

void add(db::PgFigures& sum, const db::PgFigures& other) {
  sum.in_flight += other.in_flight;
  sum.waiting += other.waiting;
  sum.answered += other.answered;
  sum.failed += other.failed;
  sum.timed_out += other.timed_out;
  sum.connects += other.connects;
  sum.connect_failures += other.connect_failures;
  sum.losses += other.losses;
  sum.time_in_flight += other.time_in_flight;
  for (std::size_t i = 0; i < sum.latency.size(); ++i) sum.latency[i] += other.latency[i];
}

}  // namespace

void ShardFigures::add(const ShardFigures& other) {
  counted.add(other.counted);
  reactor.turns += other.reactor.turns;
  reactor.letters += other.reactor.letters;
  reactor.resumed += other.reactor.resumed;
  reactor.longest_turn = std::max(reactor.longest_turn, other.reactor.longest_turn);
  backend.waits += other.backend.waits;
  backend.submissions += other.backend.submissions;
  backend.completions += other.backend.completions;
  backend.starved += other.backend.starved;
  operations_in_flight += other.operations_in_flight;
  mailbox_letters += other.mailbox_letters;
  committer.batches += other.committer.batches;
  committer.messages += other.committer.messages;
  committer.retries += other.committer.retries;
  committer.hot_lanes += other.committer.hot_lanes;
  committer.waiting += other.committer.waiting;
  receipts.batches += other.receipts.batches;
  receipts.raised += other.receipts.raised;
  receipts.failures += other.receipts.failures;
  receipts.forgotten += other.receipts.forgotten;
  receipts.pending += other.receipts.pending;
  metrics::add(db_writer, other.db_writer);
  metrics::add(db_reader, other.db_reader);
  db_connections_up += other.db_connections_up;
  bus.published += other.bus.published;
  bus.publishes_lost += other.bus.publishes_lost;
  bus.heard += other.bus.heard;
  bus.unread += other.bus.unread;
  bus_connections_up += other.bus_connections_up;
  tails.cache.hits += other.tails.cache.hits;
  tails.cache.misses += other.tails.cache.misses;
  tails.loads += other.tails.loads;
  pages_joined += other.pages_joined;
  topics += other.topics;
  events_published += other.events_published;
  fan_out_rounds += other.fan_out_rounds;
  fan_out_events += other.fan_out_events;
  letters_lost += other.letters_lost;
  passing_letters_lost += other.passing_letters_lost;
  users_online += other.users_online;
  users_watched += other.users_watched;
  watches += other.watches;
  instances_alive += other.instances_alive;
  rate_buckets += other.rate_buckets;
}

ShardFigures read_shard(const ShardPort& port) {
  ShardFigures figures{.counted = *port.metrics};
  figures.reactor = port.reactor->figures();
  figures.backend = port.reactor->backend().figures();
  figures.operations_in_flight = port.reactor->backend().in_flight();
  figures.mailbox_letters = port.reactor->mailbox().size();
  figures.committer = port.committer->figures();
  figures.receipts = port.receipts->figures();
  figures.db_writer = port.pool->writer().figures();
  figures.db_reader = port.pool->reader().figures();
  figures.db_connections_up =
      std::uint64_t{figures.db_writer.is_available} + std::uint64_t{figures.db_reader.is_available};
  figures.bus = port.bus_link->figures();
  figures.bus_connections_up = std::uint64_t{port.bus_link->has_bus() && !port.bus_link->is_away()};
  figures.tails = port.tails->figures();
  figures.pages_joined = port.cached_messages->joined();
  figures.topics = port.hub->topics();
  figures.events_published = port.routes->delivered();
  figures.fan_out_rounds = port.hub->rounds();
  figures.fan_out_events = port.hub->events_given();
  figures.letters_lost = port.fan_out->letters_lost() + port.routes->letters_lost();
  figures.passing_letters_lost =
      port.fan_out->passing_letters_lost() + port.routes->passing_letters_lost();
  figures.users_online = port.online_users->count();
  figures.users_watched = port.watched_users->size();
  figures.watches = port.watchers->watches();
  figures.instances_alive = port.heartbeat == nullptr ? 0 : port.heartbeat->alive();
  figures.rate_buckets = port.rate_limiter->buckets();
  return figures;
}

}  // namespace ringtalk::app::metrics
