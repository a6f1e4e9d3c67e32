#include "ws/message_assembler.h"

namespace ringtalk::ws {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

MessageAssembler::MessageAssembler(AssemblerOptions options)
    : parser_({.role = options.role}),
      message_bytes_max_(options.message_bytes_max),
      message_fragments_max_(options.message_fragments_max) {}

MessageEvent MessageAssembler::next(std::span<std::byte>& input) {
  drop_handed_out();
  if (is_spent_) {
    input = {};
    return NeedMore{};
  }
  for (;;) {
    const FrameEvent event = parser_.next(input);
    if (const auto* header = std::get_if<FrameHeader>(&event)) {
      if (const auto error = begin_frame(*header)) return fail(*error);
    } else if (const auto* payload = std::get_if<FramePayload>(&event)) {
      if (const auto finished = add_payload(*payload)) return *finished;
    } else if (const auto* error = std::get_if<ProtocolError>(&event)) {
      return fail(*error);
    } else {
      return NeedMore{};
    }
  }
}

std::size_t MessageAssembler::buffer_bytes() const {
  const bool is_inline = buffer_.capacity() <= std::string().capacity();
  return is_inline ? 0 : buffer_.capacity();
}

std::optional<ProtocolError> MessageAssembler::begin_frame(const FrameHeader& header) {
  frame_opcode_ = header.opcode;
  frame_is_final_ = header.fin;
  if (is_control(header.opcode)) return std::nullopt;

  const bool continues = header.opcode == Opcode::kContinuation;
  if (continues && !is_in_message_) {
    return ProtocolError{CloseCode::kProtocolError, "continuation of no message"};
  }
  if (!continues && is_in_message_) {
    return ProtocolError{CloseCode::kProtocolError, "new message inside a fragmented one"};
  }
  if (!continues) {
    message_opcode_ = header.opcode;
    is_in_message_ = true;
    fragments_ = 0;
  }
  if (++fragments_ > message_fragments_max_) {
    return ProtocolError{CloseCode::kPolicyViolation, "too many fragments"};
  }
  // Every earlier fragment lies in the buffer, which never grows past the limit.
  if (header.length > message_bytes_max_ - buffer_.size()) {
    return ProtocolError{CloseCode::kMessageTooBig, "message too big"};
  }
  return std::nullopt;
}

std::optional<MessageEvent> MessageAssembler::add_payload(const FramePayload& payload) {
  const std::string_view slice = as_text(payload.slice);
  return is_control(frame_opcode_) ? add_control_payload(slice, payload.is_last)
                                   : add_message_payload(slice, payload.is_last);
}

// permessage-deflate will come in here: what belongs to a message that began with RSV1 is inflated
// first, then counted again and checked as UTF-8 (RFC 7692 §6.2).
std::optional<MessageEvent> MessageAssembler::add_message_payload(std::string_view slice,
                                                                  bool is_last) {
  const bool is_finished = is_last && frame_is_final_;
  if (message_opcode_ == Opcode::kText) {
    const bool is_valid = utf8_.feed(slice) && (!is_finished || utf8_.is_complete());
    if (!is_valid) return fail({CloseCode::kInvalidUtf8, "text is not UTF-8"});
  }
  if (!is_finished) {
    buffer_ += slice;
    return std::nullopt;
  }
  is_in_message_ = false;
  if (buffer_.empty()) return Message{.opcode = message_opcode_, .payload = slice};

  buffer_ += slice;
  buffer_is_handed_out_ = true;
  return Message{.opcode = message_opcode_, .payload = buffer_};
}

std::optional<MessageEvent> MessageAssembler::add_control_payload(std::string_view slice,
                                                                  bool is_last) {
  std::string_view payload = slice;
  if (!is_last || control_bytes_ > 0) {
    buffer_ += slice;
    control_bytes_ = static_cast<std::uint8_t>(control_bytes_ + slice.size());
    if (!is_last) return std::nullopt;

    buffer_is_handed_out_ = true;
    payload = std::string_view(buffer_).substr(buffer_.size() - control_bytes_);
  }
  if (frame_opcode_ == Opcode::kPing) return Ping{payload};
  if (frame_opcode_ == Opcode::kPong) return Pong{payload};
  return finish_close(payload);
}

MessageEvent MessageAssembler::finish_close(std::string_view payload) {
  stop();
  if (payload.empty()) return PeerClose{};
  if (payload.size() == 1) return fail({CloseCode::kProtocolError, "close code cut in half"});

  const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                               static_cast<std::uint8_t>(payload[1]));
  const std::string_view reason = payload.substr(2);
  if (!is_valid_close_code(code)) return fail({CloseCode::kProtocolError, "invalid close code"});
  if (!is_valid_utf8(reason)) return fail({CloseCode::kInvalidUtf8, "close reason is not UTF-8"});
  return PeerClose{.code = static_cast<CloseCode>(code), .reason = reason};
}

MessageEvent MessageAssembler::fail(ProtocolError error) {
  stop();
  return error;
}

void MessageAssembler::stop() {
  is_spent_ = true;
  is_in_message_ = false;
  buffer_is_handed_out_ = true;  // an unfinished message is freed at the next call, too
}

// clear() and an assignment would keep the memory; a swap gives it back.
void MessageAssembler::drop_handed_out() {
  if (!buffer_is_handed_out_) return;
  buffer_is_handed_out_ = false;
  if (is_in_message_) {
    buffer_.resize(buffer_.size() - control_bytes_);
  } else {
    std::string().swap(buffer_);
  }
  control_bytes_ = 0;
}

}  // namespace ringtalk::ws
