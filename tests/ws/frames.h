// Frames for tests, built bit by bit and without our writer, and readers that note down what a
// codec said. Input is fed from exact-size heap copies, so that the sanitizers see any read past
// it.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ws/message_assembler.h"

namespace ringtalk::ws {

using Trace = std::vector<std::string>;

/// Bytes from numbers: bytes({0x81, 0x00}).
inline std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

/// How a test frame differs from one whole masked text frame.
struct FrameShape {
  int first = 0x81;  // FIN and text
  bool is_masked = true;
};

/// A frame as RFC 6455 §5.2 draws it, masked with 37 fa 21 3d as in §5.7.
inline std::string frame(std::string_view payload, FrameShape shape = {}) {
  constexpr std::array<int, 4> kKey{0x37, 0xfa, 0x21, 0x3d};
  const int mask_bit = shape.is_masked ? 0x80 : 0;
  std::string text = bytes({shape.first});
  if (payload.size() <= 125) {
    text += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else {
    const int length_bytes = payload.size() <= 0xFFFF ? 2 : 8;
    text += static_cast<char>(mask_bit | (length_bytes == 2 ? 126 : 127));
    for (int i = length_bytes - 1; i >= 0; --i) {
      text += static_cast<char>(payload.size() >> (8 * i) & 0xFF);
    }
  }
  if (!shape.is_masked) return text.append(payload);
  text += bytes({0x37, 0xfa, 0x21, 0x3d});
  for (std::size_t i = 0; i < payload.size(); ++i) {
    text += static_cast<char>(payload[i] ^ kKey[i % kKey.size()]);
  }
  return text;
}

inline std::string frame(std::string_view payload, int first) {
  return frame(payload, FrameShape{.first = first});
}

inline std::string close_frame(int code, std::string_view reason = {}) {
  return frame(bytes({code >> 8, code & 0xFF}).append(reason), 0x88);
}

/// One event in words: "text:Hello", "ping:", "close:1000:bye", "error:1002". Long payloads show
/// only their size: "binary:<65536 bytes>".
inline std::string describe(const MessageEvent& event) {
  const auto shown = [](std::string_view payload) {
    constexpr std::size_t kShownMax = 200;
    return payload.size() <= kShownMax ? std::string(payload)
                                       : "<" + std::to_string(payload.size()) + " bytes>";
  };
  if (const auto* message = std::get_if<Message>(&event)) {
    const bool is_text = message->opcode == Opcode::kText;
    return (is_text ? "text:" : "binary:") + shown(message->payload);
  }
  if (const auto* ping = std::get_if<Ping>(&event)) return "ping:" + shown(ping->payload);
  if (const auto* pong = std::get_if<Pong>(&event)) return "pong:" + shown(pong->payload);
  if (const auto* close = std::get_if<PeerClose>(&event)) {
    const auto code = static_cast<unsigned>(close->code);
    return "close:" + std::to_string(code) + ":" + shown(close->reason);
  }
  const auto code = static_cast<unsigned>(std::get<ProtocolError>(event).code);
  return "error:" + std::to_string(code);
}

/// Feeds one piece until the assembler wants more.
inline void feed(MessageAssembler& assembler, std::string_view piece, Trace& trace) {
  const auto all = std::as_bytes(std::span(piece));
  std::vector<std::byte> copy(all.begin(), all.end());
  std::span<std::byte> input(copy);
  for (;;) {
    const MessageEvent event = assembler.next(input);
    if (std::holds_alternative<NeedMore>(event)) break;
    trace.push_back(describe(event));
  }
  EXPECT_TRUE(input.empty()) << "NeedMore leaves no input behind";
}

/// What a new assembler says to `input` fed in pieces that end at `cuts`.
inline Trace assemble(std::string_view input, const AssemblerOptions& options = {},
                      const std::vector<std::size_t>& cuts = {}) {
  MessageAssembler assembler(options);
  Trace trace;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    feed(assembler, input.substr(begin, cut - begin), trace);
    begin = cut;
  }
  feed(assembler, input.substr(begin), trace);
  return trace;
}

/// Expects these events however the input is cut: not at all, after every byte, and at every single
/// place.
inline void expect_events(std::string_view input, const Trace& expected,
                          const AssemblerOptions& options = {}) {
  EXPECT_EQ(assemble(input, options), expected) << "fed at once";
  std::vector<std::size_t> every_byte;
  for (std::size_t cut = 1; cut < input.size(); ++cut) every_byte.push_back(cut);
  EXPECT_EQ(assemble(input, options, every_byte), expected) << "fed byte by byte";

  constexpr std::size_t kCutsMax = 2000;  // long inputs: the headers' cuts, and a sample
  const std::size_t step = input.size() / kCutsMax + 1;
  for (std::size_t cut = 1; cut < input.size(); cut += cut < 32 ? 1 : step) {
    ASSERT_EQ(assemble(input, options, {cut}), expected) << "cut after byte " << cut;
  }
}

}  // namespace ringtalk::ws
