// parse_redis_url(): where Redis is, as an operator writes it in flag, environment or file.
// Pure; any thread.
//
//   redis://[user[:password]@]host[:port][/database]     redis://:secret@cache.example:6379/0
//   unix://[user[:password]@]/path/of/socket[?db=database]
//
// User and password may hold any byte as %XX. An IPv6 address stands in brackets.
#pragma once

#include <string_view>

#include "cache/redis_options.h"
#include "reactor/result.h"

namespace ringtalk::cache {

/// kInvalid with what is wrong and what to write instead. The detail holds no password.
[[nodiscard]] reactor::Result<RedisOptions> parse_redis_url(std::string_view url);

}  // namespace ringtalk::cache
