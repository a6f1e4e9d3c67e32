// Masks and unmasks payload (RFC 6455 §5.3: exclusive or, so one function does both).
// A pure function on the caller's bytes; any thread.
#pragma once

#include <cstddef>
#include <span>

#include "ws/protocol.h"

namespace ringtalk::ws {

/// Applies `key` in place. `offset` is where in the frame's payload these bytes begin, so that a
/// payload may come in pieces of any size; only its value modulo 4 matters.
void apply_mask(std::span<std::byte> payload, MaskKey key, std::size_t offset = 0);

}  // namespace ringtalk::ws
