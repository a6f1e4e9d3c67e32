// LogRecord: one event on its way from the thread that logs to the one that writes. Packed into
// bytes for the ring; unpacked into views of those bytes for the formatter. Values.
//
//   time 8 · level 1 · flags 1 · event 2+n · per field: name 1+n · kind 1 · value 8, or 2+n (text)
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "reactor/log.h"

namespace ringtalk::reactor {

inline constexpr std::size_t kLogRecordBytesMax = 4096;
inline constexpr std::size_t kLogTextBytesMax = 512;  // of one value, and of the event
inline constexpr std::size_t kLogNameBytesMax = 64;

struct LogRecord {
  std::int64_t unix_milliseconds = 0;
  LogLevel level = LogLevel::kInfo;
  std::string_view event;
  std::vector<LogField> fields;
  bool cut = false;  // a value was shortened, or fields had no room
};

/// What write() knows, without the copies that a LogRecord would need.
struct LogCall {
  std::int64_t unix_milliseconds;
  LogLevel level;
  std::string_view event;
  std::initializer_list<LogField> fields;
};

/// Returns the part of `room` (at least kLogRecordBytesMax bytes) that the record takes.
[[nodiscard]] std::span<const std::byte> pack(const LogCall& call, std::span<std::byte> room);

/// The record's texts point into `bytes`, which pack() made. Reuses `record`'s memory.
void unpack(std::span<const std::byte> bytes, LogRecord& record);

}  // namespace ringtalk::reactor
