#include "reactor/send_slice.h"

#include <algorithm>
#include <climits>

namespace ringtalk::reactor {

std::size_t bytes_of(const SendOperation& operation) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < operation.part_count; ++i) bytes += operation.parts[i].iov_len;
  return bytes;
}

SendSlice next_slice(SendOperation& operation) {
  std::size_t offset = operation.sent;
  std::size_t first = 0;
  while (first < operation.part_count && offset >= operation.parts[first].iov_len) {
    offset -= operation.parts[first].iov_len;
    ++first;
  }
  const std::size_t parts_left = operation.part_count - first;
  if (parts_left == 0) return {};

  const iovec& part = operation.parts[first];
  if (parts_left == 1 || offset > 0) {
    return {.bytes = static_cast<const std::byte*>(part.iov_base) + offset,
            .byte_count = part.iov_len - offset};
  }
  operation.message = {};
  operation.message.msg_iov = const_cast<iovec*>(&part);  // the kernel only reads it
  operation.message.msg_iovlen = std::min<std::size_t>(parts_left, IOV_MAX);
  return {.is_message = true};
}

}  // namespace ringtalk::reactor
