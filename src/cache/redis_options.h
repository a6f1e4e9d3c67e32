// RedisOptions: where Redis is and how long we wait for it. Values; made by parse_redis_url() from
// the configuration, copied into each connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ringtalk::cache {

struct RedisOptions {
  std::string host = "127.0.0.1";  // a numeric address or a name, asked for at each connect
  std::uint16_t port = 6379;
  std::string unix_path;  // of a Unix socket, instead of host and port
  std::string user;       // empty: the default user
  std::string password;   // empty: no AUTH
  int database = 0;

  /// Past it an answer counts as a miss. A healthy one takes far less than a millisecond.
  std::chrono::milliseconds command_timeout{50};
  /// For the connection and its first answers.
  std::chrono::milliseconds connect_timeout{1'000};
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{1'000};
  /// A connection whose oldest answer is outstanding for so long is dropped and made anew.
  std::chrono::milliseconds stuck_after{2'000};
  /// So many timeouts in a row, and nobody waits for Redis until it answers a PING in time.
  int timeouts_to_give_up = 5;
  /// A subscriber asks so often whether it is still heard, and gives up when nothing at all, no
  /// message and no answer, has come for silence_max: two answers late is no accident.
  std::chrono::milliseconds ping_interval{2'000};
  std::chrono::milliseconds silence_max{5'000};
};

}  // namespace ringtalk::cache
