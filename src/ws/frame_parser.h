// Cuts a byte stream into WebSocket frames (RFC 6455 §5.2): header, then slices of its payload.
// Owned by one MessageAssembler (or a test) on one thread. It allocates nothing and copies no
// payload: slices lie, already unmasked, in the caller's own buffer. How frames make up messages,
// and how large those may be, is the assembler's business.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "ws/protocol.h"

namespace ringtalk::ws {

struct FrameParserOptions {
  Role role = Role::kServer;  // a server needs masked frames, a client unmasked ones
  bool compression = false;   // permessage-deflate is agreed: RSV1 may begin a message
};

/// Payload bytes of the frame whose header came last. The last slice of a frame may be empty; every
/// frame has one, also a frame without payload.
struct FramePayload {
  std::span<std::byte> slice;
  bool is_last = false;
};

using FrameEvent = std::variant<NeedMore, FrameHeader, FramePayload, ProtocolError>;

class FrameParser {
 public:
  explicit FrameParser(FrameParserOptions options = {}) : options_(options) {}

  /// Takes bytes off the front of `input` and says what they were; call until NeedMore. The bytes
  /// are changed in place. After a ProtocolError (always 1002) whatever comes is swallowed.
  FrameEvent next(std::span<std::byte>& input);

 private:
  enum class State : std::uint8_t { kHeader, kPayload, kSpent };

  FrameEvent next_header(std::span<std::byte>& input);
  FrameEvent next_payload(std::span<std::byte>& input);
  bool gather_header(std::span<std::byte>& input, std::size_t bytes);
  std::optional<ProtocolError> check_fixed_bytes() const;
  std::size_t header_size() const;
  std::uint64_t payload_length() const;
  FrameEvent fail(ProtocolError error);

  std::uint64_t payload_bytes_left_ = 0;
  std::array<std::byte, kFrameHeaderBytesMax> header_{};
  std::uint8_t header_bytes_ = 0;
  std::uint8_t mask_offset_ = 0;
  MaskKey mask_key_{};
  State state_ = State::kHeader;
  FrameParserOptions options_;
};

}  // namespace ringtalk::ws
