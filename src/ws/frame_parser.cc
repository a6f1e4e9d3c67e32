#include "ws/frame_parser.h"

#include <algorithm>
#include <utility>

#include "ws/mask.h"

namespace ringtalk::ws {
namespace {

constexpr std::size_t kFixedBytes = 2;
constexpr std::uint8_t kFinBit = 0x80;
constexpr std::uint8_t kRsv1Bit = 0x40;
constexpr std::uint8_t kRsv2And3Bits = 0x30;
constexpr std::uint8_t kOpcodeBits = 0x0F;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::uint8_t kLengthBits = 0x7F;
constexpr std::uint8_t kLengthIn2Bytes = 126;
constexpr std::uint8_t kLengthIn8Bytes = 127;

constexpr bool is_reserved(std::uint8_t opcode) {
  return (opcode > 0x2 && opcode < 0x8) || opcode > 0xA;
}

/// Bytes that follow the fixed ones to tell the length.
constexpr std::size_t extended_length_size(std::uint8_t length) {
  if (length == kLengthIn8Bytes) return 8;
  return length == kLengthIn2Bytes ? 2 : 0;
}

constexpr ProtocolError violation(std::string_view detail) {
  return {.code = CloseCode::kProtocolError, .detail = detail};
}

}  // namespace

FrameEvent FrameParser::next(std::span<std::byte>& input) {
  switch (state_) {
    case State::kHeader:
      return next_header(input);
    case State::kPayload:
      return next_payload(input);
    case State::kSpent:
      input = {};
      return NeedMore{};
  }
  std::unreachable();
}

// A header that comes in pieces runs through here once a piece, so each step can be repeated.
FrameEvent FrameParser::next_header(std::span<std::byte>& input) {
  if (!gather_header(input, kFixedBytes)) return NeedMore{};
  if (const auto error = check_fixed_bytes()) return fail(*error);
  if (!gather_header(input, header_size())) return NeedMore{};

  const auto first = std::to_integer<std::uint8_t>(header_[0]);
  const FrameHeader header{
      .opcode = static_cast<Opcode>(first & kOpcodeBits),
      .length = payload_length(),
      .fin = (first & kFinBit) != 0,
      .rsv1 = (first & kRsv1Bit) != 0,
  };
  if ((header.length >> 63) != 0) return fail(violation("frame length has its top bit set"));

  if (options_.role == Role::kServer) {
    std::ranges::copy_n(header_.begin() + header_bytes_ - mask_key_.size(), mask_key_.size(),
                        mask_key_.begin());
  }
  header_bytes_ = 0;
  mask_offset_ = 0;
  payload_bytes_left_ = header.length;
  state_ = State::kPayload;
  return header;
}

FrameEvent FrameParser::next_payload(std::span<std::byte>& input) {
  if (input.empty() && payload_bytes_left_ > 0) return NeedMore{};

  const auto slice = input.first(std::min<std::size_t>(payload_bytes_left_, input.size()));
  input = input.subspan(slice.size());
  payload_bytes_left_ -= slice.size();
  if (options_.role == Role::kServer) {
    apply_mask(slice, mask_key_, mask_offset_);
    mask_offset_ = static_cast<std::uint8_t>((mask_offset_ + slice.size()) % mask_key_.size());
  }
  const bool is_last = payload_bytes_left_ == 0;
  if (is_last) state_ = State::kHeader;
  return FramePayload{.slice = slice, .is_last = is_last};
}

/// True when the first `bytes` of the header are there.
bool FrameParser::gather_header(std::span<std::byte>& input, std::size_t bytes) {
  if (header_bytes_ >= bytes) return true;
  const auto piece = input.first(std::min(bytes - header_bytes_, input.size()));
  std::ranges::copy(piece, header_.begin() + header_bytes_);
  header_bytes_ = static_cast<std::uint8_t>(header_bytes_ + piece.size());
  input = input.subspan(piece.size());
  return header_bytes_ == bytes;
}

std::optional<ProtocolError> FrameParser::check_fixed_bytes() const {
  const auto first = std::to_integer<std::uint8_t>(header_[0]);
  const auto second = std::to_integer<std::uint8_t>(header_[1]);
  const std::uint8_t opcode = first & kOpcodeBits;

  if ((first & kRsv2And3Bits) != 0) return violation("reserved bit set");
  if (is_reserved(opcode)) return violation("reserved opcode");
  if ((first & kRsv1Bit) != 0) {
    // RFC 7692 §6: only on the first frame of a data message.
    const bool begins_message = opcode == 0x1 || opcode == 0x2;
    if (!options_.compression || !begins_message) return violation("reserved bit set");
  }
  if (is_control(static_cast<Opcode>(opcode))) {
    if ((first & kFinBit) == 0) return violation("fragmented control frame");
    if ((second & kLengthBits) > kControlPayloadBytesMax) {
      return violation("control frame longer than 125 bytes");
    }
  }
  const bool is_masked = (second & kMaskBit) != 0;
  if (options_.role == Role::kServer && !is_masked) return violation("unmasked client frame");
  if (options_.role == Role::kClient && is_masked) return violation("masked server frame");
  return std::nullopt;
}

std::size_t FrameParser::header_size() const {
  const auto second = std::to_integer<std::uint8_t>(header_[1]);
  const std::size_t mask_size = (second & kMaskBit) != 0 ? mask_key_.size() : 0;
  return kFixedBytes + extended_length_size(second & kLengthBits) + mask_size;
}

std::uint64_t FrameParser::payload_length() const {
  const std::uint8_t length = std::to_integer<std::uint8_t>(header_[1]) & kLengthBits;
  const std::size_t extended_size = extended_length_size(length);
  if (extended_size == 0) return length;

  std::uint64_t extended = 0;
  for (const std::byte byte : std::span(header_).subspan(kFixedBytes, extended_size)) {
    extended = extended << 8 | std::to_integer<std::uint64_t>(byte);
  }
  return extended;
}

FrameEvent FrameParser::fail(ProtocolError error) {
  state_ = State::kSpent;
  return error;
}

}  // namespace ringtalk::ws
