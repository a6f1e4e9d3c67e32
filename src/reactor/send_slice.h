// SendSlice: what of a SendOperation goes to the kernel next. The operation's parts belong to its
// owner and are never changed, so a send that stopped inside a part goes on with the rest of that
// part alone, then with the whole parts behind it. Shared by the backends; the reactor's thread.
#pragma once

#include <cstddef>

#include "reactor/operation.h"

namespace ringtalk::reactor {

/// One run of bytes for send(2), or several for sendmsg(2), named by `operation.message`.
struct SendSlice {
  const void* bytes = nullptr;
  std::size_t byte_count = 0;
  bool is_message = false;
};

/// All that the parts name.
[[nodiscard]] std::size_t bytes_of(const SendOperation& operation);

/// The slice that begins `operation.sent` bytes into the parts; empty when nothing is left.
/// Prepares `operation.message` if needed, with no more parts than the kernel takes (IOV_MAX).
[[nodiscard]] SendSlice next_slice(SendOperation& operation);

}  // namespace ringtalk::reactor
