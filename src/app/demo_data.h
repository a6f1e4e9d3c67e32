// Demo data for development: the users alice and bob, and their conversation. Made once; a later
// start finds them. On the reactor of prepare_database.
#pragma once

#include "app/auth/password_hasher.h"
#include "db/pool.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::app {

[[nodiscard]] reactor::Task<reactor::Result<void>> make_demo_data(
    reactor::Reactor& reactor, db::Pool& pool, const auth::PasswordHasher& password_hasher);

}  // namespace ringtalk::app
