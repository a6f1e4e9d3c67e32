#include "app/rest/fresh_id.h"

#include <bit>

#include "app/auth/secrets.h"
#include "app/protocol/ids.h"

namespace ringtalk::app::rest {

namespace {

std::uint32_t random_bits() {
  return std::bit_cast<std::uint32_t>(auth::random_bytes<sizeof(std::uint32_t)>());
}

}  // namespace

std::int64_t fresh_id(std::int64_t unix_ms) {
  return fresh_id_in_bucket(unix_ms, random_bits());
}

std::int64_t fresh_id_in_bucket(std::int64_t unix_ms, std::uint32_t bucket) {
  return protocol::make_id({.unix_ms = unix_ms, .random = random_bits(), .bucket = bucket});
}

}  // namespace ringtalk::app::rest
