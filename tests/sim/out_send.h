// OutSend: a message that a device wants to have sent, over all its tries, until an answer is
// final. LogView: what one connection has been told of one log. Values of a device; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/protocol/ids.h"
#include "reactor/clock.h"

namespace ringtalk::sim {

struct OutSend {
  std::int64_t conversation = 0;
  std::string content;
  std::optional<app::protocol::Uuid> key;  // none: not repeated
  int tries = 0;
  bool is_by_rest = false;    // one of its tries was
  bool has_failed = false;    // a try was answered with an error
  std::uint64_t socket = 0;   // over which the last try went
  bool is_in_flight = false;  // on that one
  bool is_rest_in_flight = false;
  std::int64_t tried_at_ms = 0;
  std::int64_t seq = 0;  // once acknowledged
  bool was_acked_before_try = false;
  bool is_over = false;  // answered for good, or given up
};

struct LogView {
  std::int64_t position = 0;
  std::int64_t paged_to = 0;  // by batches
  bool is_held = false;       // more waited than is sent by itself
  bool must_end = false;      // an ack had no place: nothing may follow it but `removed`
  bool is_asking = false;     // a sync is under way
  std::int64_t asked_after = 0;
};

}  // namespace ringtalk::sim
