#include "cache/rate_counters.h"

#include <string_view>
#include <utility>

namespace ringtalk::cache {

using reactor::ErrorKind;
using reactor::Result;
using reactor::Task;

namespace {

// Microseconds in doubles: exact up to the year 2255. A clock that was set back leaves no bucket
// that is emptier than empty. The key ends when the bucket is full, for then it says nothing.
constexpr std::string_view kTake = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local span = burst * interval
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
full_at = math.min(math.max(full_at, now), now + span)
local wanted = full_at + interval - now
if wanted > span then return {0, full_at - now, wanted - span} end
full_at = full_at + interval
local lifetime = math.ceil((full_at - now) / 1000)
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', lifetime)
return {1, full_at - now, 0}
)";

}  // namespace

Task<Result<RateCount>> RateCounters::take(std::string key, RateLimit limit) {
  const Result<Reply> reply = co_await connection_.run(
      Command("EVAL").add(kTake).add(1).add(key).add(limit.burst).add(limit.interval.count()));
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->is_error()) co_return reactor::fail(ErrorKind::kUnavailable, reply->text);
  if (reply->elements.size() != 3) {
    co_return reactor::fail(ErrorKind::kProtocol, "a script answers what it does not say");
  }
  RateCount count{.is_allowed = reply->elements[0].integer == 1};
  count.until_full = std::chrono::microseconds(reply->elements[1].integer);
  count.until_allowed = std::chrono::microseconds(reply->elements[2].integer);
  count.remaining = (limit.burst * limit.interval - count.until_full) / limit.interval;
  co_return count;
}

}  // namespace ringtalk::cache
