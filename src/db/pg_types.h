// The types of PostgreSQL that we speak in binary, and its time (PostgreSQL 15, pg_type.dat and
// timestamp.h). Constants and pure functions; any thread.
#pragma once

#include <libpq-fe.h>

#include <cstdint>

namespace ringtalk::db {

/// Numbers of pg_type.dat, part of the wire protocol: they never change.
namespace oid {
inline constexpr Oid kBool = 16;
inline constexpr Oid kBytea = 17;
inline constexpr Oid kInt8 = 20;
inline constexpr Oid kInt2 = 21;
inline constexpr Oid kInt4 = 23;
inline constexpr Oid kText = 25;
inline constexpr Oid kInt4Array = 1007;
inline constexpr Oid kTextArray = 1009;
inline constexpr Oid kInt8Array = 1016;
inline constexpr Oid kTimestamptz = 1184;
inline constexpr Oid kUuid = 2950;
inline constexpr Oid kUuidArray = 2951;
}  // namespace oid

/// A timestamptz travels as microseconds since 2000-01-01T00:00:00Z.
inline constexpr std::int64_t kPgEpochUnixMs = 946'684'800'000;

[[nodiscard]] constexpr std::int64_t pg_time_of(std::int64_t unix_ms) {
  return (unix_ms - kPgEpochUnixMs) * 1'000;
}
/// Of times that have whole milliseconds, which all of ours have.
[[nodiscard]] constexpr std::int64_t unix_ms_of(std::int64_t pg_time) {
  return pg_time / 1'000 + kPgEpochUnixMs;
}

}  // namespace ringtalk::db
