#include "ws/connection.h"

#include <openssl/rand.h>

#include <utility>

#include "reactor/linger.h"
#include "ws/frame_writer.h"

namespace ringtalk::ws {
namespace {

using reactor::Deadline;
using reactor::Task;

}  // namespace

Connection::Connection(reactor::Reactor& reactor, reactor::ByteStream& stream, reactor::Chunk rest,
                       const ConnectionOptions& options)
    : reactor_(reactor),
      stream_(stream),
      options_(options),
      out_(reactor, stream, options.send_timeout),
      assembler_(options.assembler),
      chunk_(std::move(rest)),
      input_(chunk_.bytes()),
      next_ping_(options.heartbeat.count() > 0 ? reactor.after(options.heartbeat)
                                               : reactor::kNever) {}

// True when there is a message, or the end; false when more must be received first.
bool Connection::find_message(std::optional<Message>& found) {
  while (!is_over_) {
    const MessageEvent event = assembler_.next(input_);
    if (const auto* message = std::get_if<Message>(&event)) {
      if (is_closing_) continue;  // we have said our last word
      found = *message;
      return true;
    }
    if (const auto* ping = std::get_if<Ping>(&event)) send(Opcode::kPong, ping->payload);
    if (const auto* close = std::get_if<PeerClose>(&event)) on_peer_close(*close);
    if (const auto* error = std::get_if<ProtocolError>(&event)) fail(*error);
    if (std::holds_alternative<NeedMore>(event) && !read_more()) return false;
  }
  return true;
}

// False when nothing has been received meanwhile.
bool Connection::read_more() {
  chunk_.release();
  input_ = {};
  if (!stream_.has_received()) return false;
  take_input();
  return true;
}

void Connection::wait_for_input() {
  const Deadline alive =
      awaits_sign_of_life_ ? next_ping_ - options_.heartbeat + options_.grace : next_ping_;
  stream_.wait_received(*this, alive);
}

void Connection::received() {
  take_input();
  if (!find_message(receiver_->message_)) return wait_for_input();
  std::exchange(receiver_, nullptr)->coroutine_.resume();  // which may end this connection
}

// It is over when the stream, the close handshake or the peer's heart has ended.
void Connection::take_input() {
  auto received = stream_.take_received();
  if (received) {
    awaits_sign_of_life_ = false;
    chunk_ = std::move(*received);
    input_ = chunk_.bytes();
    if (reactor_.now() >= next_ping_) static_cast<void>(on_timeout());
    is_over_ = chunk_.empty();
  } else if (received.error().kind != reactor::ErrorKind::kTimedOut) {
    is_over_ = true;
  } else if (!on_timeout()) {
    stream_.abort();  // nobody is there: nothing more is sent, and nothing waited for
    is_over_ = true;
  }
}

// Time for a ping; false when the last one was not answered.
bool Connection::on_timeout() {
  if (awaits_sign_of_life_) return false;
  send(Opcode::kPing, {});
  awaits_sign_of_life_ = true;
  next_ping_ = reactor_.after(options_.heartbeat);
  return true;
}

void Connection::send_text(std::string_view payload) {
  send(Opcode::kText, payload);
}

void Connection::send(Opcode opcode, std::string_view payload) {
  if (is_closing_) return;
  std::string& tail = out_.tail();
  const std::size_t before = tail.size();
  append_frame(tail, opcode, payload, next_mask());
  out_.wrote(tail.size() - before);
  if (out_.bytes() > options_.unsent_bytes_max) give_up_on_slow_consumer();
}

void Connection::send_frame(const reactor::SharedBytes& frame) {
  if (is_closing_) return;
  RINGTALK_ASSERT(options_.assembler.role == Role::kServer, "a client masks each frame anew");
  out_.push(frame);
  if (out_.bytes() > options_.unsent_bytes_max) give_up_on_slow_consumer();
}

void Connection::close(CloseCode code, std::string_view reason) {
  if (is_closing_) return;
  write_close(code, reason);
  close_timer_ = std::make_unique<CloseTimer>(stream_);
  reactor_.timers().schedule(*close_timer_, reactor_.after(options_.close_timeout));
}

void Connection::on_peer_close(const PeerClose& close) {
  if (!is_closing_) write_close(close.code, {});
  is_over_ = true;
}

void Connection::fail(const ProtocolError& error) {
  if (!is_closing_) write_close(error.code, error.detail);
  is_over_ = true;
}

void Connection::write_close(CloseCode code, std::string_view reason) {
  is_closing_ = true;
  close_code_ = code;
  std::string& tail = out_.tail();
  const std::size_t before = tail.size();
  append_close(tail, code, reason, next_mask());
  out_.wrote(tail.size() - before);
}

void Connection::give_up_on_slow_consumer() {
  close(CloseCode::kSlowConsumer, "too much waits unread");
}

std::optional<MaskKey> Connection::next_mask() const {
  if (options_.assembler.role == Role::kServer) return std::nullopt;
  MaskKey key;
  RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size()));
  return key;
}

void Connection::detach_input() {
  if (!chunk_.is_borrowed()) return;
  chunk_ = reactor::Chunk::copy_of(input_);
  input_ = chunk_.bytes();
}

Task<void> Connection::finish() {
  close_timer_.reset();
  input_ = {};
  chunk_.release();
  const auto sent = co_await out_.drained();
  if (!sent) co_return;
  co_await reactor::linger(reactor_, stream_);
}

}  // namespace ringtalk::ws
