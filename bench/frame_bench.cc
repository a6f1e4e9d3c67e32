// WebSocket frames: a client's text frame from bytes to message, and a server's from message to
// bytes. The naive twins gather each payload in a string of its own, byte by byte.
#include <benchmark/benchmark.h>

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "support/allocation_counter.h"
#include "support/naive_utf8.h"
#include "support/samples.h"
#include "ws/frame_writer.h"
#include "ws/message_assembler.h"

namespace ringtalk::bench {
namespace {

std::string payload_of(const benchmark::State& state) {
  return ascii_text(static_cast<std::size_t>(state.range(0)));
}

// It is unmasked in place, so each round needs its own: the copy is part of both times.
void frame_parse(benchmark::State& state) {
  const std::string frame = masked_frame(payload_of(state));
  std::string input = frame;
  ws::MessageAssembler assembler;
  const AllocationCounter allocations;
  for (auto _ : state) {
    std::memcpy(input.data(), frame.data(), frame.size());
    auto bytes = std::as_writable_bytes(std::span(input));
    const ws::MessageEvent event = assembler.next(bytes);
    if (!std::holds_alternative<ws::Message>(event)) return state.SkipWithError("no message");
    benchmark::DoNotOptimize(std::get<ws::Message>(event).payload.data());
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

std::optional<std::string> naive_parse(std::string_view input) {
  const auto byte_at = [&](std::size_t at) {
    return static_cast<std::uint8_t>(at < input.size() ? input[at] : 0);
  };
  if (byte_at(0) != 0x81 || (byte_at(1) & 0x80) == 0) return std::nullopt;
  std::uint64_t length = byte_at(1) & 0x7F;
  std::size_t at = 2;
  const std::size_t length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (length_bytes > 0) length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | byte_at(at++);
  const std::size_t key = at;
  at += 4;
  if (input.size() - at < length) return std::nullopt;
  std::string payload;
  for (std::size_t i = 0; i < length; ++i) {
    payload += static_cast<char>(byte_at(at + i) ^ byte_at(key + i % 4));
  }
  if (!naive_is_valid_utf8(payload)) return std::nullopt;
  return payload;
}

void frame_parse_naive(benchmark::State& state) {
  const std::string frame = masked_frame(payload_of(state));
  std::string input = frame;
  for (auto _ : state) {
    std::memcpy(input.data(), frame.data(), frame.size());
    const auto payload = naive_parse(input);
    if (!payload) return state.SkipWithError("no message");
    benchmark::DoNotOptimize(payload->data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

// At the end of what the connection already has to say, as SendQueue::tail() gives it.
void frame_write(benchmark::State& state) {
  const std::string payload = payload_of(state);
  std::string out;
  ws::append_frame(out, ws::Opcode::kText, payload);
  const AllocationCounter allocations;
  for (auto _ : state) {
    out.clear();
    ws::append_frame(out, ws::Opcode::kText, payload);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

std::string naive_frame(std::string_view payload) {
  std::string header("\x81");
  const std::size_t size = payload.size();
  if (size < 126) {
    header += static_cast<char>(size);
  } else {
    const bool is_long = size > 0xFFFF;
    header += static_cast<char>(is_long ? 127 : 126);
    for (int shift = is_long ? 56 : 8; shift >= 0; shift -= 8) {
      header += static_cast<char>(size >> shift & 0xFF);
    }
  }
  std::string frame = header + std::string(payload);
  return frame;
}

void frame_write_naive(benchmark::State& state) {
  const std::string payload = payload_of(state);
  for (auto _ : state) {
    const std::string frame = naive_frame(payload);
    benchmark::DoNotOptimize(frame.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(frame_parse)->Name("frame_parse/ours")->ArgsProduct({kSizes});
BENCHMARK(frame_parse_naive)->Name("frame_parse/copying_loop")->ArgsProduct({kSizes});
BENCHMARK(frame_write)->Name("frame_write/ours")->ArgsProduct({kSizes});
BENCHMARK(frame_write_naive)->Name("frame_write/fresh_string")->ArgsProduct({kSizes});

}  // namespace
}  // namespace ringtalk::bench
