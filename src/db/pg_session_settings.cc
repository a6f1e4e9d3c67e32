#include "db/pg_session_settings.h"

#include <fmt/format.h>

namespace ringtalk::db {

// set_config(…, false) is SET: for the rest of the session. Every statement of ours goes by an
// index and is right for tables of any size, so plans are made once, and without sequential scans:
// what the planner believes of an empty table must not choose for a full one.
std::string session_settings_sql(const PgOptions& options) {
  return fmt::format(
      "SELECT set_config('enable_seqscan', 'off', false),"
      " set_config('plan_cache_mode', 'force_generic_plan', false),"
      " set_config('jit', 'off', false),"
      " set_config('TimeZone', 'UTC', false),"
      " set_config('client_min_messages', 'warning', false),"
      " set_config('lock_timeout', '{}', false),"
      " set_config('statement_timeout', '{}', false),"
      " set_config('idle_in_transaction_session_timeout', '{}', false)",
      options.lock_timeout.count(), options.statement_timeout.count(),
      options.idle_in_transaction_session_timeout.count());
}

}  // namespace ringtalk::db
