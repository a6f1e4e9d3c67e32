// The database's options as the configuration has them, for the shards and for prepare_database.
// A pure function of the configuration; any thread.
#pragma once

#include "app/config/config.h"
#include "app/limits.h"
#include "db/pg_options.h"

namespace ringtalk::app {

[[nodiscard]] inline db::PgOptions database_options(const config::Config& config) {
  db::PgOptions options;
  options.url = config.database_url;
  options.connect_timeout = config.db_connect_timeout;
  options.query_timeout = config.db_query_timeout;
  // The server's own limit comes first, so that its answer says why.
  options.statement_timeout = config.db_query_timeout * 4 / 5;
  options.lock_timeout = config.db_query_timeout * 2 / 5;
  options.stuck_after = config.db_query_timeout * 3;
  options.in_flight_max = limits::kQueriesInFlightMax;
  options.backoff_min = limits::kReconnectDelayMin;
  options.backoff_max = limits::kReconnectDelayMax;
  return options;
}

}  // namespace ringtalk::app
