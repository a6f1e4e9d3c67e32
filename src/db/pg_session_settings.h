// What each session of ours sets first: limits of the server's, and how it plans.
// Pure; any thread.
#pragma once

#include <string>

#include "db/pg_options.h"

namespace ringtalk::db {

/// One statement; it needs no privilege and no particular database.
[[nodiscard]] std::string session_settings_sql(const PgOptions& options);

}  // namespace ringtalk::db
