// What a generated message says of itself, at the front of its content: which sender of this run,
// its number (dense from 1 for each sender and conversation) and when it was meant to leave. Pure.
//
//   rt1.<run>.<sender>.<number>.<intended ns>.   in hex, then letters up to the wanted size
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::loadgen {

struct Payload {
  std::uint32_t run = 0;     // of another run, on a server that has seen several: passed over
  std::uint32_t sender = 0;  // index among the users of this run
  std::uint64_t number = 0;
  std::int64_t intended_ns = 0;  // of the steady clock of this process
};

inline constexpr std::size_t kPayloadBytesMin = 64;  // the fields take 56 at most

/// Appends exactly `bytes` (at least kPayloadBytesMin) ASCII characters that JSON need not escape.
void append_payload(std::string& out, const Payload& payload, std::size_t bytes);

/// Of the front of a content; nothing when it is not ours.
[[nodiscard]] std::optional<Payload> read_payload(std::string_view content);

/// Finds it in the raw text of an `event`, without reading the JSON around it.
[[nodiscard]] std::optional<Payload> find_payload(std::string_view event_text);

}  // namespace ringtalk::loadgen
