// What must be done, and known, before the shards serve: the schema is migrated, the epoch read,
// the demo users made. Runs once, on main's thread, on a reactor of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/auth/password_hasher.h"
#include "app/config/config.h"
#include "reactor/clock.h"
#include "reactor/log.h"
#include "reactor/result.h"

namespace ringtalk::app {

struct PreparedDatabase {
  std::string epoch;
  std::vector<std::int64_t> voided_logins;  // ended while tokens of theirs may still be good
};

/// Waits up to `patience` for a database that is away. kUnavailable after that, kCancelled when a
/// signal asked the server to stop meanwhile; other kinds say what is wrong with the database.
[[nodiscard]] reactor::Result<PreparedDatabase> prepare_database(
    const config::Config& config, const auth::PasswordHasher& password_hasher, reactor::Log& log,
    reactor::Duration patience);

}  // namespace ringtalk::app
