// Makes messages and control frames out of a byte stream (RFC 6455 §5.4 to §5.6, §7.1.5, §8.1).
// Owned by one connection on one thread. A message that lies whole in the input is handed out as a
// view of it; only one that comes in pieces is gathered in a buffer, which is freed at the call
// after, so an idle connection holds none. Limits are checked on headers, before payload is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "ws/frame_parser.h"
#include "ws/protocol.h"
#include "ws/utf8.h"

namespace ringtalk::ws {

struct AssemblerOptions {
  Role role = Role::kServer;
  std::size_t message_bytes_max = kMessageBytesMax;            // past it: 1009
  std::uint32_t message_fragments_max = kMessageFragmentsMax;  // frames a message; past it: 1008
};

/// A whole message: `opcode` is kText (then `payload` is valid UTF-8) or kBinary.
struct Message {
  Opcode opcode = Opcode::kText;
  std::string_view payload;
};

/// To be answered by a pong with the same payload (RFC 6455 §5.5.2).
struct Ping {
  std::string_view payload;
};

struct Pong {
  std::string_view payload;
};

/// The peer's close; kNoStatus if it gave no code. Whatever comes after it is swallowed.
struct PeerClose {
  CloseCode code = CloseCode::kNoStatus;
  std::string_view reason;
};

using MessageEvent = std::variant<NeedMore, Message, Ping, Pong, PeerClose, ProtocolError>;

class MessageAssembler {
 public:
  explicit MessageAssembler(AssemblerOptions options = {});

  /// Takes bytes off the front of `input` and says what they were; call until NeedMore. The bytes
  /// are unmasked in place. Views in the event hold until the next call, and only as long as the
  /// caller keeps the input's buffer. After a ProtocolError whatever comes is swallowed.
  MessageEvent next(std::span<std::byte>& input);

  /// A message has begun and not ended.
  bool is_in_message() const { return is_in_message_; }

  /// Bytes allocated for a message in pieces; 0 when idle.
  std::size_t buffer_bytes() const;

 private:
  std::optional<ProtocolError> begin_frame(const FrameHeader& header);
  std::optional<MessageEvent> add_payload(const FramePayload& payload);
  std::optional<MessageEvent> add_message_payload(std::string_view slice, bool is_last);
  std::optional<MessageEvent> add_control_payload(std::string_view slice, bool is_last);
  MessageEvent finish_close(std::string_view payload);
  MessageEvent fail(ProtocolError error);
  void stop();
  void drop_handed_out();

  std::string buffer_;  // the message so far, then the control frame so far
  FrameParser parser_;
  std::size_t message_bytes_max_;
  std::uint32_t message_fragments_max_;
  std::uint32_t fragments_ = 0;
  std::uint8_t control_bytes_ = 0;  // of buffer_, at its end
  Opcode message_opcode_ = Opcode::kText;
  Opcode frame_opcode_ = Opcode::kText;
  bool frame_is_final_ = false;
  bool is_in_message_ = false;
  bool buffer_is_handed_out_ = false;
  bool is_spent_ = false;
  Utf8Validator utf8_;  // complete between messages: a text that is not never ends
};

// A server holds a million of these.
static_assert(sizeof(MessageAssembler) <= 104);

}  // namespace ringtalk::ws
