#include "ws/frame_writer.h"

#include <cassert>
#include <span>
#include <utility>

#include "ws/mask.h"

namespace ringtalk::ws {
namespace {

constexpr std::uint64_t kLengthIn1ByteMax = 125;
constexpr std::uint64_t kLengthIn2BytesMax = 0xFFFF;

void push(EncodedHeader& header, std::uint64_t byte) {
  header.bytes[header.size++] = static_cast<char>(byte & 0xFF);
}

void push_big_endian(EncodedHeader& header, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) push(header, value >> shift);
}

std::string_view cut_reason(std::string_view reason) {
  if (reason.size() <= kCloseReasonBytesMax) return reason;
  std::size_t size = kCloseReasonBytesMax;
  while (size > 0 && (static_cast<std::uint8_t>(reason[size]) & 0xC0) == 0x80) --size;
  return reason.substr(0, size);
}

}  // namespace

EncodedHeader write_header(const FrameHeader& header, std::optional<MaskKey> mask) {
  const std::uint8_t mask_bit = mask ? 0x80 : 0;
  EncodedHeader encoded;
  push(encoded,
       (header.fin ? 0x80U : 0U) | (header.rsv1 ? 0x40U : 0U) | std::to_underlying(header.opcode));
  if (header.length <= kLengthIn1ByteMax) {
    push(encoded, mask_bit | header.length);
  } else if (header.length <= kLengthIn2BytesMax) {
    push(encoded, mask_bit | 126U);
    push_big_endian(encoded, header.length, 2);
  } else {
    push(encoded, mask_bit | 127U);
    push_big_endian(encoded, header.length, 8);
  }
  if (mask) {
    for (const std::byte byte : *mask) push(encoded, std::to_integer<std::uint8_t>(byte));
  }
  return encoded;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload,
                  std::optional<MaskKey> mask) {
  assert(!is_control(opcode) || payload.size() <= kControlPayloadBytesMax);
  out += write_header({.opcode = opcode, .length = payload.size()}, mask).text();
  const std::size_t payload_begin = out.size();
  out += payload;
  if (mask) apply_mask(std::as_writable_bytes(std::span(out).subspan(payload_begin)), *mask);
}

void close_header_gap(std::string& frame, Opcode opcode) {
  const EncodedHeader header =
      write_header({.opcode = opcode, .length = frame.size() - kHeaderGap});
  frame.replace(0, kHeaderGap, header.text());
}

void append_close(std::string& out, CloseCode code, std::string_view reason,
                  std::optional<MaskKey> mask) {
  if (code == CloseCode::kNoStatus) return append_frame(out, Opcode::kClose, {}, mask);

  const std::uint16_t value = std::to_underlying(code);
  assert(is_valid_close_code(value));
  std::string payload{static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
  payload += cut_reason(reason);
  append_frame(out, Opcode::kClose, payload, mask);
}

}  // namespace ringtalk::ws
