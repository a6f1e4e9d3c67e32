// The vocabulary of RFC 6455 that the codecs share: opcodes, close codes, roles, frame headers,
// bounds. Plain values: nobody owns them, any thread may use them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace ringtalk::ws {

/// Which end of the connection we are: clients mask what they send, servers do not (RFC 6455 §5.1).
enum class Role : std::uint8_t { kServer, kClient };

/// RFC 6455 §5.2. The parser lets no other value through.
enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

constexpr bool is_control(Opcode opcode) {
  return (static_cast<unsigned>(opcode) & 0x8U) != 0;
}

/// RFC 6455 §7.4.1, and the 4xxx codes of Ringtalk's own contract. A received code may be any
/// value that `is_valid_close_code` accepts, named here or not.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoStatus = 1005,  // never on the wire: the peer's close frame had no code
  kAbnormal = 1006,  // never on the wire: the connection ended without a close frame
  kInvalidUtf8 = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
  kInternalError = 1011,
  kRestarting = 1012,
  kTryLater = 1013,
  kTokenExpired = 4001,
  kRemoved = 4003,
  kSlowConsumer = 4008,
  kRateLimited = 4029,
};

/// Whether a close frame may carry this code (RFC 6455 §7.4, with the IANA registry's 1012..1014).
constexpr bool is_valid_close_code(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

/// What a frame says of itself before its payload. `length` is in bytes.
struct FrameHeader {
  Opcode opcode = Opcode::kText;
  std::uint64_t length = 0;
  bool fin = true;
  bool rsv1 = false;  // RFC 7692: the message that this frame begins is compressed

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

using MaskKey = std::array<std::byte, 4>;

/// The peer broke a rule: close with `code`. `detail` is static text, fit for a log or a reason.
struct ProtocolError {
  CloseCode code = CloseCode::kProtocolError;
  std::string_view detail;
};

/// The input is used up; come again with more.
struct NeedMore {};

inline constexpr std::size_t kFrameHeaderBytesMax = 14;      // 2 + 8 of length + 4 of mask
inline constexpr std::size_t kControlPayloadBytesMax = 125;  // RFC 6455 §5.5
inline constexpr std::size_t kCloseReasonBytesMax = kControlPayloadBytesMax - 2;

/// What a message may take of our memory, and of our patience: a client that sends one-byte
/// fragments costs a header each. Both are defaults; see AssemblerOptions.
inline constexpr std::size_t kMessageBytesMax = 64 * 1024;
inline constexpr std::uint32_t kMessageFragmentsMax = 1024;
inline constexpr std::uint32_t kUnlimitedFragments = std::numeric_limits<std::uint32_t>::max();

}  // namespace ringtalk::ws
