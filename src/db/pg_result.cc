#include "db/pg_result.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "db/pg_types.h"
#include "reactor/result.h"

namespace ringtalk::db {
namespace {

template <class T>
T big_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | bytes[i];
  return static_cast<T>(value);
}

}  // namespace

std::int64_t PgResult::affected_rows() const {
  const std::string_view text = result_ ? PQcmdTuples(result_.get()) : "";
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

bool PgResult::is_null(Cell cell) const {
  RINGTALK_ASSERT(cell.row < rows() && cell.column < PQnfields(result_.get()), "no such cell");
  return PQgetisnull(result_.get(), cell.row, cell.column) != 0;
}

std::span<const std::uint8_t> PgResult::bytes(Cell cell, std::size_t size) const {
  RINGTALK_ASSERT(!is_null(cell), "a null where a value was expected");
  const auto length = static_cast<std::size_t>(PQgetlength(result_.get(), cell.row, cell.column));
  RINGTALK_ASSERT(length == size, "a column of another type than expected");
  const char* value = PQgetvalue(result_.get(), cell.row, cell.column);
  return {reinterpret_cast<const std::uint8_t*>(value), length};
}

bool PgResult::boolean(Cell cell) const {
  return bytes(cell, 1)[0] != 0;
}

std::int16_t PgResult::int2(Cell cell) const {
  return big_endian<std::int16_t>(bytes(cell, sizeof(std::int16_t)).data());
}

std::int32_t PgResult::int4(Cell cell) const {
  return big_endian<std::int32_t>(bytes(cell, sizeof(std::int32_t)).data());
}

std::int64_t PgResult::int8(Cell cell) const {
  return big_endian<std::int64_t>(bytes(cell, sizeof(std::int64_t)).data());
}

std::int64_t PgResult::unix_ms(Cell cell) const {
  return unix_ms_of(int8(cell));
}

std::array<std::uint8_t, 16> PgResult::uuid(Cell cell) const {
  std::array<std::uint8_t, 16> value{};
  std::ranges::copy(bytes(cell, value.size()), value.begin());
  return value;
}

// array_recv: dimensions, has-null flag, element type; a dimension has a length and a lower bound;
// then each element as length and bytes. An empty array has no dimension.
std::vector<std::int64_t> PgResult::int8_array(Cell cell) const {
  RINGTALK_ASSERT(!is_null(cell), "a null where a value was expected");
  const auto size = static_cast<std::size_t>(PQgetlength(result_.get(), cell.row, cell.column));
  const std::span<const std::uint8_t> data = bytes(cell, size);
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kDimension = 8;
  constexpr std::size_t kElement = 4 + 8;
  RINGTALK_ASSERT(size >= kHeader, "not an array");
  if (big_endian<std::int32_t>(data.data()) == 0) return {};
  RINGTALK_ASSERT(big_endian<std::int32_t>(data.data()) == 1 &&
                      big_endian<std::uint32_t>(data.data() + 8) == oid::kInt8,
                  "not a plain bigint[]");
  const auto count = big_endian<std::uint32_t>(data.data() + kHeader);
  RINGTALK_ASSERT(size == kHeader + kDimension + count * kElement, "an array with nulls");
  std::vector<std::int64_t> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kHeader + kDimension + i * kElement + 4;
    values.push_back(big_endian<std::int64_t>(data.data() + at));
  }
  return values;
}

std::string_view PgResult::text(Cell cell) const {
  RINGTALK_ASSERT(!is_null(cell), "a null where a value was expected");
  const auto size = static_cast<std::size_t>(PQgetlength(result_.get(), cell.row, cell.column));
  return {PQgetvalue(result_.get(), cell.row, cell.column), size};
}

std::optional<std::int64_t> PgResult::optional_int8(Cell cell) const {
  if (is_null(cell)) return std::nullopt;
  return int8(cell);
}

std::optional<std::int64_t> PgResult::optional_unix_ms(Cell cell) const {
  if (is_null(cell)) return std::nullopt;
  return unix_ms(cell);
}

std::optional<std::string> PgResult::optional_text(Cell cell) const {
  if (is_null(cell)) return std::nullopt;
  return std::string(text(cell));
}

std::optional<std::array<std::uint8_t, 16>> PgResult::optional_uuid(Cell cell) const {
  if (is_null(cell)) return std::nullopt;
  return uuid(cell);
}

}  // namespace ringtalk::db
