// Ids of what is being made: the time, ten random bits, and a bucket (protocol/ids.h). Two that
// meet by chance are told apart by the store, which refuses the second: make another.
#pragma once

#include <cstdint>

namespace ringtalk::app::rest {

/// How often a handler tries before it gives up: within one millisecond and one bucket there are
/// 1,024 ids, so even a second collision is a rarity.
inline constexpr int kIdAttemptsMax = 5;

[[nodiscard]] std::int64_t fresh_id(std::int64_t unix_ms);
[[nodiscard]] std::int64_t fresh_id_in_bucket(std::int64_t unix_ms, std::uint32_t bucket);

}  // namespace ringtalk::app::rest
