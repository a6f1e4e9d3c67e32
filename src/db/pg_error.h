// What PostgreSQL says went wrong, as an Error: SQLSTATE in `code`, our word for it in `kind`.
// Pure; any thread. PostgreSQL 15 documentation, appendix A.
#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "reactor/result.h"

namespace ringtalk::db {

/// 08xxx but 08P01, 57P0x, empty → kUnavailable · 57014 → kTimedOut · 40xxx, 53xxx, 55P03 →
/// kOverloaded · 22xxx, 23xxx → kInvalid · anything else → kProtocol.
[[nodiscard]] reactor::ErrorKind error_kind_of(std::string_view sqlstate);

[[nodiscard]] reactor::Error error_of(const PGresult* result);
/// Of a connection that is broken or could not be made.
[[nodiscard]] reactor::Error error_of(const PGconn* connection);

/// The server is going away or throws us out: nothing more will come on this connection.
[[nodiscard]] bool ends_connection(std::string_view sqlstate);

}  // namespace ringtalk::db
