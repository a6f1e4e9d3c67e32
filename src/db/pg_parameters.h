// PgParameters: the values of one statement, in PostgreSQL's binary format (2.4 times less client
// CPU than text), in the order $1, $2, …. A value; owns its bytes; any thread.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::db {

class PgParameters {
 public:
  PgParameters& int4(std::int32_t value);
  PgParameters& int8(std::int64_t value);
  PgParameters& optional_int8(std::optional<std::int64_t> value);
  PgParameters& text(std::string_view value);
  PgParameters& bytea(std::span<const std::uint8_t> value);
  PgParameters& uuid(const std::array<std::uint8_t, 16>& value);
  PgParameters& time(std::int64_t unix_ms);  // a timestamptz
  PgParameters& optional_time(std::optional<std::int64_t> unix_ms);

  PgParameters& int4_array(std::span<const std::int32_t> values);
  PgParameters& int8_array(std::span<const std::int64_t> values);
  PgParameters& uuid_array(std::span<const std::array<std::uint8_t, 16>> values);
  PgParameters& text_array(std::span<const std::string_view> values);

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  /// What the statement is prepared with.
  [[nodiscard]] std::span<const Oid> types() const { return types_; }

  /// As libpq takes them; points into this object until it changes.
  struct View {
    std::vector<const char*> values;  // null: SQL's NULL
    std::vector<int> lengths;
    std::vector<int> formats;
  };
  [[nodiscard]] View view() const;

 private:
  struct Slot {
    std::size_t offset = 0;
    std::size_t size = 0;
    bool is_null = false;
  };
  void begin(Oid type);
  void end();
  void add_null(Oid type);
  void put_int32(std::int32_t value);
  void put_int64(std::int64_t value);
  void put_bytes(std::span<const std::uint8_t> value);
  void put_array_head(Oid element, std::size_t count);

  std::string bytes_;
  std::vector<Slot> slots_;
  std::vector<Oid> types_;
};

}  // namespace ringtalk::db
