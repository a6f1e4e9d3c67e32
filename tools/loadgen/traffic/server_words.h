// What the server says, at the speed of a load test: an `event` and an `ack` are recognised by
// their first bytes, as Ringtalk writes them, and read without a parse of the whole. Anything else,
// or the same in another shape, is left to full_words.h. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringtalk::loadgen {

struct EventWord {
  std::int64_t conversation = 0;  // key_of its id
  std::int64_t seq = 0;
};

struct AckWord {
  std::uint32_t ref = 0;
  std::int64_t seq = 0;
  bool is_duplicate = false;
};

[[nodiscard]] std::optional<EventWord> read_event(std::string_view text);
[[nodiscard]] std::optional<AckWord> read_ack(std::string_view text);

}  // namespace ringtalk::loadgen
