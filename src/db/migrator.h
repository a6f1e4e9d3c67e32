// The migrator: brings a database to the schema that this program was built with. Run once at the
// start, on a reactor's thread, over a connection of its own; several servers may start at once.
//
// Each migration is one transaction under an advisory lock, together with its row in
// schema_migrations (version, name, checksum, applied_at).
#pragma once

#include <string>
#include <vector>

#include "db/answer.h"
#include "db/pg_options.h"
#include "reactor/log.h"
#include "reactor/reactor.h"

namespace ringtalk::db {

struct Migration {
  int version = 0;  // 1, 2, 3, …
  std::string name;
  std::string checksum;  // SHA-256 of the file, in hexadecimal
  std::string sql;       // statements that may run in a transaction
};

/// The files of src/db/migrations, in their order.
[[nodiscard]] std::vector<Migration> embedded_migrations();

/// Applies what is missing. Errors beside the common ones: kInvalid with a sentence for the
/// operator when the database holds a migration that is unknown here (this program is older than
/// the database) or has another checksum. Nothing is changed then.
Answer<void> migrate(reactor::Reactor& reactor, reactor::Log& log, PgOptions options,
                     std::vector<Migration> migrations = embedded_migrations());

}  // namespace ringtalk::db
