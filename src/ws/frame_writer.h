// Writes WebSocket frames (RFC 6455 §5.2), unmasked as a server does or masked as a client does.
// Pure functions that append to the caller's string; any thread. Headers are the shortest that hold
// the length: 2, 4 or 10 bytes, and 4 more for a mask key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ws/protocol.h"

namespace ringtalk::ws {

/// A header as it goes over the wire, kept inline.
struct EncodedHeader {
  std::array<char, kFrameHeaderBytesMax> bytes{};
  std::uint8_t size = 0;

  std::string_view text() const { return {bytes.data(), size}; }
};

/// A client passes a fresh unpredictable `mask` for each frame (RFC 6455 §5.3), a server none.
EncodedHeader write_header(const FrameHeader& header, std::optional<MaskKey> mask = {});

/// One whole frame with FIN set. A control frame's payload is at most 125 bytes (asserted).
void append_frame(std::string& out, Opcode opcode, std::string_view payload,
                  std::optional<MaskKey> mask = {});

/// Puts the header of an unmasked frame in front of a payload that was written behind a gap of
/// kHeaderGap bytes, so that most frames are made in one piece, without a copy.
inline constexpr std::size_t kHeaderGap = 4;
void close_header_gap(std::string& frame, Opcode opcode);

/// A close frame. `reason` is UTF-8, cut to 123 bytes between two characters. kNoStatus writes a
/// close without a body, the answer to a peer's close that had none; a code that may not be on the
/// wire is asserted against.
void append_close(std::string& out, CloseCode code, std::string_view reason = {},
                  std::optional<MaskKey> mask = {});

}  // namespace ringtalk::ws
