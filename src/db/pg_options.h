// PgOptions: how a connection is made and what it bears.
// A value, from the configuration; each connection holds a copy, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace ringtalk::db {

struct PgOptions {
  /// A URI or libpq's key=value words. Hosts are folders of Unix sockets or numeric addresses:
  /// libpq looks names up by a call that blocks (PQconnectStart), so a name stalls the whole
  /// reactor.
  std::string url;
  std::string application_name = "ringtalk";

  /// How long a caller waits for an answer; for the fate of a write, see Answer.
  std::chrono::milliseconds query_timeout{5'000};
  /// The server's own limits (its settings of the same names); below query_timeout, so that the
  /// server answers first and says why. 0: none.
  std::chrono::milliseconds lock_timeout{2'000};
  std::chrono::milliseconds statement_timeout{4'000};
  std::chrono::milliseconds idle_in_transaction_session_timeout{10'000};

  /// A connection that owes answers and has given none for so long is thrown away.
  std::chrono::milliseconds stuck_after{15'000};
  std::chrono::milliseconds connect_timeout{5'000};
  /// Between attempts to connect: doubles from the first to the second, less up to half by chance.
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{1'000};
  /// Statistics change as tables grow; plans are made anew this often.
  std::chrono::milliseconds plans_live{3'600'000};

  /// Segments in flight on one connection (some KiB each, all answered within query_timeout); past
  /// it the answer is kOverloaded at once.
  std::size_t in_flight_max = 4'096;
};

}  // namespace ringtalk::db
