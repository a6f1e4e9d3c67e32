// ShardFigures: everything that one shard has to show at a scrape: its Metrics, and what its parts
// know of themselves. Read on the shard's thread, carried to the one that answers the scrape, added
// up there. A plain value.
#pragma once

#include <cstdint>

#include "app/chat/bus_link.h"
#include "app/chat/message_committer.h"
#include "app/chat/receipts.h"
#include "app/chat/tails.h"
#include "app/metrics.h"
#include "app/shard_directory.h"
#include "db/pg_connection.h"
#include "reactor/backend.h"
#include "reactor/clock.h"
#include "reactor/reactor.h"

namespace ringtalk::app::metrics {

struct ShardFigures {
  Metrics counted;
  reactor::ReactorFigures reactor;
  reactor::BackendFigures backend;
  std::uint64_t operations_in_flight = 0;
  std::uint64_t mailbox_letters = 0;
  chat::CommitterFigures committer;
  chat::ReceiptsFigures receipts;
  db::PgFigures db_writer;
  db::PgFigures db_reader;
  std::uint64_t db_connections_up = 0;
  chat::BusLinkFigures bus;
  chat::TailsFigures tails;
  std::uint64_t pages_joined = 0;
  std::uint64_t bus_connections_up = 0;
  std::uint64_t topics = 0;
  std::uint64_t events_published = 0;
  std::uint64_t fan_out_rounds = 0;
  std::uint64_t fan_out_events = 0;
  std::uint64_t letters_lost = 0;
  std::uint64_t passing_letters_lost = 0;
  std::uint64_t users_online = 0;
  std::uint64_t users_watched = 0;  // by their owners
  std::uint64_t watches = 0;
  std::uint64_t instances_alive = 0;  // as the first shard sees it
  std::uint64_t rate_buckets = 0;

  void add(const ShardFigures& other);
};

/// On the thread of that shard, whose port is complete.
[[nodiscard]] ShardFigures read_shard(const ShardPort& port);

}  // namespace ringtalk::app::metrics
