// PgResult: the rows that one statement gave, in binary. Owns libpq's memory; moves freely, any
// thread. The getters expect the column's type and a value that is not null: anything else is a bug
// in our SQL and ends the process. `optional_…` take nulls.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::db {

/// A place in a result; rows and columns count from 0.
struct Cell {
  int row = 0;
  int column = 0;
};

class PgResult {
 public:
  PgResult() = default;
  explicit PgResult(PGresult* result) : result_(result) {}

  [[nodiscard]] int rows() const { return result_ ? PQntuples(result_.get()) : 0; }
  [[nodiscard]] bool empty() const { return rows() == 0; }
  /// Rows that an INSERT, UPDATE or DELETE without RETURNING touched.
  [[nodiscard]] std::int64_t affected_rows() const;

  [[nodiscard]] bool is_null(Cell cell) const;
  [[nodiscard]] bool boolean(Cell cell) const;
  [[nodiscard]] std::int16_t int2(Cell cell) const;
  [[nodiscard]] std::int32_t int4(Cell cell) const;
  [[nodiscard]] std::int64_t int8(Cell cell) const;
  [[nodiscard]] std::int64_t unix_ms(Cell cell) const;  // a timestamptz
  [[nodiscard]] std::array<std::uint8_t, 16> uuid(Cell cell) const;
  [[nodiscard]] std::vector<std::int64_t> int8_array(Cell cell) const;
  /// Of text or enumerations; points into this result.
  [[nodiscard]] std::string_view text(Cell cell) const;

  [[nodiscard]] std::optional<std::int64_t> optional_int8(Cell cell) const;
  [[nodiscard]] std::optional<std::int64_t> optional_unix_ms(Cell cell) const;
  [[nodiscard]] std::optional<std::string> optional_text(Cell cell) const;
  [[nodiscard]] std::optional<std::array<std::uint8_t, 16>> optional_uuid(Cell cell) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  [[nodiscard]] std::span<const std::uint8_t> bytes(Cell cell, std::size_t size) const;

  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace ringtalk::db
