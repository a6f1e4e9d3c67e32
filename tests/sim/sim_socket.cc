#include "sim_socket.h"

#include <chrono>
#include <utility>
#include <variant>

#include "ws/frame_writer.h"

namespace ringtalk::sim {
namespace {

constexpr std::chrono::milliseconds kLookWhetherToRead{20};
constexpr std::chrono::seconds kSendTimeout{60};
constexpr std::size_t kMessageBytesMax = 4 * 1024 * 1024;

}  // namespace

SimSocket::SimSocket(Seat& seat, Client& client, Options options)
    : seat_(seat),
      client_(client),
      options_(std::move(options)),
      draw_(options_.seed),
      pair_(reactor::make_memory_pair(seat.reactor(), options_.stream)),
      out_(seat.reactor(), *pair_.other, kSendTimeout),
      assembler_({.role = ws::Role::kClient, .message_bytes_max = kMessageBytesMax}),
      read_pause_max_ms_(options_.read_pause_max_ms) {}

SimSocket::~SimSocket() = default;

// --- hearing ---

reactor::Task<void> SimSocket::run_client() {
  reactor::Reactor& reactor = seat_.reactor();
  while (true) {
    auto chunk = co_await pair_.other->receive();
    while (!reads_ && !is_over_) co_await reactor.sleep_for(kLookWhetherToRead);
    if (!chunk || chunk->empty() || is_over_) break;
    take(chunk->bytes());
    if (is_over_) break;
    if (read_pause_max_ms_ > 0) {
      co_await reactor.sleep_for(draw_.milliseconds(0, read_pause_max_ms_));
    }
  }
  is_over_ = true;
  client_.ended(*this);
  static_cast<void>(co_await out_.drained());
  co_await pair_.other->close();
}

void SimSocket::take(std::span<std::byte> bytes) {
  while (!is_over_) {
    const ws::MessageEvent event = assembler_.next(bytes);
    if (std::holds_alternative<ws::NeedMore>(event)) return;
    if (const auto* message = std::get_if<ws::Message>(&event)) {
      client_.heard(*this, message->payload);
    } else if (const auto* ping = std::get_if<ws::Ping>(&event)) {
      send_frame(ws::Opcode::kPong, ping->payload);
    } else if (std::holds_alternative<ws::PeerClose>(event)) {
      if (!has_said_goodbye_) send_close();
      is_over_ = true;
    } else if (const auto* error = std::get_if<ws::ProtocolError>(&event)) {
      client_.bad_bytes(*this, error->detail);
      is_over_ = true;
    }
  }
}

void SimSocket::go_on_reading(bool at_full_speed) {
  reads_ = true;
  if (at_full_speed) read_pause_max_ms_ = 0;
}

// --- saying ---

void SimSocket::send_text(std::string_view message) {
  send_frame(ws::Opcode::kText, message);
}

void SimSocket::send_close() {
  if (std::exchange(has_said_goodbye_, true)) return;
  std::string frame;
  ws::append_close(frame, ws::CloseCode::kNormal, {}, draw_mask());
  out_.push(frame);
  seat_.touch();
}

void SimSocket::send_part_of_frame() {
  if (is_over_ || std::exchange(has_said_goodbye_, true)) return;
  is_stuck_in_frame_ = true;
  std::string frame;
  ws::append_frame(frame, ws::Opcode::kText, R"({"op":"ping","ref":"never whole"})", draw_mask());
  frame.resize(static_cast<std::size_t>(draw_.between(1, std::ssize(frame) - 1)));
  out_.push(frame);
  seat_.touch();
}

void SimSocket::cut() {
  is_over_ = true;
  pair_.other->abort();
  seat_.touch();
}

void SimSocket::send_frame(ws::Opcode opcode, std::string_view payload) {
  if (is_over_ || has_said_goodbye_) return;
  std::string frame;
  ws::append_frame(frame, opcode, payload, draw_mask());
  out_.push(frame);
  seat_.touch();
}

ws::MaskKey SimSocket::draw_mask() {
  const std::uint64_t bits = draw_.next();
  return {std::byte(bits & 0xff), std::byte(bits >> 8 & 0xff), std::byte(bits >> 16 & 0xff),
          std::byte(bits >> 24 & 0xff)};
}

}  // namespace ringtalk::sim
