// What must be done, and known, before the shards serve: the schema is migrated, the epoch read,
// the demo users made. Runs once, on main's thread, on a reactor of its own.
#pragma once

#include <string>

#include "app/auth/password_hasher.h"
#include "app/config/config.h"
#include "reactor/clock.h"
#include "reactor/log.h"
#include "reactor/result.h"

namespace ringtalk::app {

/// Gives the epoch. Waits up to `patience` for a database that is away. kUnavailable after that;
/// other kinds say what is wrong with it.
[[nodiscard]] reactor::Result<std::string> prepare_database(
    const config::Config& config, const auth::PasswordHasher& password_hasher, reactor::Log& log,
    reactor::Duration patience);

}  // namespace ringtalk::app
