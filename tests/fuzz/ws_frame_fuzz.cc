// Fuzzes the WebSocket codecs. The first two bytes choose role, limits and cuts; the rest is a
// stream from the peer. However it is cut, the assembler must say the same; what it says must keep
// the promises of its header; and what we write of it, the other role must read back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ws/frame_writer.h"
#include "ws/message_assembler.h"
#include "ws/utf8.h"

namespace ringtalk::ws {
namespace {

struct Said {
  Opcode opcode = Opcode::kText;  // of messages and control frames
  std::uint16_t code = 0;         // of closes and errors
  std::string payload;

  friend bool operator==(const Said&, const Said&) = default;
};

void require(bool is_true) {
  if (!is_true) std::abort();
}

Said note(const MessageEvent& event) {
  if (const auto* message = std::get_if<Message>(&event)) {
    return {.opcode = message->opcode, .payload = std::string(message->payload)};
  }
  if (const auto* ping = std::get_if<Ping>(&event)) {
    return {.opcode = Opcode::kPing, .payload = std::string(ping->payload)};
  }
  if (const auto* pong = std::get_if<Pong>(&event)) {
    return {.opcode = Opcode::kPong, .payload = std::string(pong->payload)};
  }
  if (const auto* close = std::get_if<PeerClose>(&event)) {
    const auto code = static_cast<std::uint16_t>(close->code);
    return {.opcode = Opcode::kClose, .code = code, .payload = std::string(close->reason)};
  }
  const auto& error = std::get<ProtocolError>(event);
  return {.code = static_cast<std::uint16_t>(error.code), .payload = std::string(error.detail)};
}

/// Feeds `stream` in pieces of `piece_bytes`, each a heap copy of exactly its size.
std::vector<Said> assemble(std::string_view stream, const AssemblerOptions& options,
                           std::size_t piece_bytes) {
  MessageAssembler assembler(options);
  std::vector<Said> said;
  while (!stream.empty()) {
    const auto piece = std::as_bytes(std::span(stream.substr(0, piece_bytes)));
    std::vector<std::byte> copy(piece.begin(), piece.end());
    stream.remove_prefix(piece.size());

    std::span<std::byte> input(copy);
    for (;;) {
      const MessageEvent event = assembler.next(input);
      if (std::holds_alternative<NeedMore>(event)) break;
      said.push_back(note(event));
    }
    require(input.empty());
  }
  require(assembler.is_in_message() || assembler.buffer_bytes() <= 2 * kControlPayloadBytesMax);
  return said;
}

bool ends_stream(const Said& said) {
  return said.code != 0;
}

void check_promises(const std::vector<Said>& all, const AssemblerOptions& options) {
  for (const Said& said : all) {
    if (ends_stream(said)) {
      require(&said == &all.back());
      continue;
    }
    if (is_control(said.opcode)) {
      require(said.payload.size() <= kControlPayloadBytesMax);
    } else {
      require(said.payload.size() <= options.message_bytes_max);
    }
    if (said.opcode == Opcode::kText) require(is_valid_utf8(said.payload));
  }
}

void check_round_trip(std::vector<Said> all, AssemblerOptions options) {
  if (!all.empty() && ends_stream(all.back())) all.pop_back();
  const bool we_serve = options.role == Role::kServer;
  options.role = we_serve ? Role::kClient : Role::kServer;
  const MaskKey key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  const std::optional<MaskKey> mask = we_serve ? std::nullopt : std::optional(key);

  std::string written;
  for (const Said& said : all) append_frame(written, said.opcode, said.payload, mask);
  require(assemble(written, options, written.size() + 1) == all);
}

}  // namespace
}  // namespace ringtalk::ws

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringtalk::ws;
  if (size < 2) return 0;
  const bool is_small = (data[0] & 2U) != 0;
  const AssemblerOptions options{
      .role = (data[0] & 1U) != 0 ? Role::kClient : Role::kServer,
      .message_bytes_max = is_small ? 16 : kMessageBytesMax,
      .message_fragments_max = is_small ? 4 : kMessageFragmentsMax,
  };
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto at_once = assemble(stream, options, size);
  require(assemble(stream, options, 1) == at_once);
  require(assemble(stream, options, data[1] % 32 + 2U) == at_once);
  check_promises(at_once, options);
  check_round_trip(at_once, options);
  return 0;
}
