#include "db/pg_parameters.h"

#include "db/pg_types.h"

namespace ringtalk::db {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class T>
void append_big_endian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

}  // namespace

PgParameters& PgParameters::int4(std::int32_t value) {
  begin(oid::kInt4);
  put_int32(value);
  end();
  return *this;
}

PgParameters& PgParameters::int8(std::int64_t value) {
  begin(oid::kInt8);
  put_int64(value);
  end();
  return *this;
}

PgParameters& PgParameters::optional_int8(std::optional<std::int64_t> value) {
  if (value) return int8(*value);
  add_null(oid::kInt8);
  return *this;
}

PgParameters& PgParameters::text(std::string_view value) {
  begin(oid::kText);
  put_bytes(bytes_of(value));
  end();
  return *this;
}

PgParameters& PgParameters::bytea(std::span<const std::uint8_t> value) {
  begin(oid::kBytea);
  put_bytes(value);
  end();
  return *this;
}

PgParameters& PgParameters::uuid(const std::array<std::uint8_t, 16>& value) {
  begin(oid::kUuid);
  put_bytes(value);
  end();
  return *this;
}

PgParameters& PgParameters::time(std::int64_t unix_ms) {
  begin(oid::kTimestamptz);
  put_int64(pg_time_of(unix_ms));
  end();
  return *this;
}

PgParameters& PgParameters::optional_time(std::optional<std::int64_t> unix_ms) {
  if (unix_ms) return time(*unix_ms);
  add_null(oid::kTimestamptz);
  return *this;
}

PgParameters& PgParameters::int4_array(std::span<const std::int32_t> values) {
  begin(oid::kInt4Array);
  put_array_head(oid::kInt4, values.size());
  for (const std::int32_t value : values) {
    put_int32(sizeof value);
    put_int32(value);
  }
  end();
  return *this;
}

PgParameters& PgParameters::int8_array(std::span<const std::int64_t> values) {
  begin(oid::kInt8Array);
  put_array_head(oid::kInt8, values.size());
  for (const std::int64_t value : values) {
    put_int32(sizeof value);
    put_int64(value);
  }
  end();
  return *this;
}

PgParameters& PgParameters::uuid_array(std::span<const std::array<std::uint8_t, 16>> values) {
  begin(oid::kUuidArray);
  put_array_head(oid::kUuid, values.size());
  for (const std::array<std::uint8_t, 16>& value : values) {
    put_int32(static_cast<std::int32_t>(value.size()));
    put_bytes(value);
  }
  end();
  return *this;
}

PgParameters& PgParameters::text_array(std::span<const std::string_view> values) {
  begin(oid::kTextArray);
  put_array_head(oid::kText, values.size());
  for (const std::string_view value : values) {
    put_int32(static_cast<std::int32_t>(value.size()));
    put_bytes(bytes_of(value));
  }
  end();
  return *this;
}

PgParameters::View PgParameters::view() const {
  View view;
  view.values.reserve(slots_.size());
  view.lengths.reserve(slots_.size());
  view.formats.assign(slots_.size(), 1);  // binary
  for (const Slot& slot : slots_) {
    view.values.push_back(slot.is_null ? nullptr : bytes_.data() + slot.offset);
    view.lengths.push_back(static_cast<int>(slot.size));
  }
  return view;
}

void PgParameters::begin(Oid type) {
  types_.push_back(type);
  slots_.push_back({.offset = bytes_.size()});
}

void PgParameters::end() {
  slots_.back().size = bytes_.size() - slots_.back().offset;
}

void PgParameters::add_null(Oid type) {
  begin(type);
  slots_.back().is_null = true;
}

void PgParameters::put_int32(std::int32_t value) {
  append_big_endian(bytes_, value);
}

void PgParameters::put_int64(std::int64_t value) {
  append_big_endian(bytes_, value);
}

void PgParameters::put_bytes(std::span<const std::uint8_t> value) {
  bytes_.append(reinterpret_cast<const char*>(value.data()), value.size());
}

// array_recv: dimensions, has-null flag, element type; then of the one dimension its length and
// lower bound. An empty array has no dimension.
void PgParameters::put_array_head(Oid element, std::size_t count) {
  put_int32(count == 0 ? 0 : 1);
  put_int32(0);
  put_int32(static_cast<std::int32_t>(element));
  if (count == 0) return;
  put_int32(static_cast<std::int32_t>(count));
  put_int32(1);
}

}  // namespace ringtalk::db
