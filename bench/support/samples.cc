#include "support/samples.h"

#include <cmath>

#include "ws/frame_writer.h"

namespace ringtalk::bench {
namespace {

constexpr std::string_view kProse =
    "The train stands still outside of Utrecht, so I will be late: please begin without me and "
    "keep a chair near the window. ";
constexpr std::string_view kMixedProse =
    "Zug hält vor Köln, я опоздаю на час, 会議は始めていてください 🚆 bis später, à bientôt! ";

std::string repeat(std::string_view text, std::size_t bytes) {
  std::string whole;
  while (whole.size() < bytes) whole += text;
  whole.resize(bytes);
  return whole;
}

// A small generator of our own: the same numbers on every machine.
class Draw {
 public:
  double next_unit() {
    state_ = state_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_ = 42;
};

}  // namespace

std::string ascii_text(std::size_t bytes) {
  return repeat(kProse, bytes);
}

std::string mixed_text(std::size_t bytes) {
  std::string text = repeat(kMixedProse, bytes + 1);
  std::size_t end = bytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // inside a character
  text.resize(end);
  return text;
}

std::string masked_frame(std::string_view payload) {
  std::string frame;
  ws::append_frame(frame, ws::Opcode::kText, payload, kMaskKey);
  return frame;
}

std::string send_command(std::size_t content_bytes) {
  return R"({"op":"send","ref":"17","conversationId":"250888592109385361",)"
         R"("clientId":"f81d4fae-7dec-41d0-a765-00a0c91e6bf6","content":")" +
         ascii_text(content_bytes) + "\"}";
}

app::protocol::EventView message_event(app::protocol::Seq seq, std::size_t content_bytes) {
  constexpr std::int64_t kTimeMs = 1'795'428'000'123;
  return {.seq = seq,
          .timestamp_ms = kTimeMs,
          .detail = app::protocol::MessageView{
              .conversation_id = kConversation,
              .seq = seq,
              .sender_id = {250'888'592'109'000'001},
              .content = ascii_text(content_bytes),
              .timestamp_ms = kTimeMs,
              .client_id = app::protocol::parse_uuid("f81d4fae-7dec-41d0-a765-00a0c91e6bf6")}};
}

std::string post_request() {
  return "POST /v1/conversations/250888592109385361/messages HTTP/1.1\r\n"
         "Host: chat.example.com\r\n"
         "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
         "Accept: application/json\r\n"
         "Accept-Language: en-GB,en;q=0.7,nl;q=0.3\r\n"
         "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
         "eyJzdWIiOiIyNTA4ODg1OTIxMDkwMDAwMDEiLCJzaWQiOiIyNTA4ODg1OTIxMDkwMDAwMDIiLCJleHAiOjF9."
         "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\r\n"
         "Content-Type: application/json\r\n"
         "Content-Length: 24\r\n"
         "\r\n"
         "{\"content\":\"hello Dave\"}";
}

std::string get_request() {
  return "GET /v1/conversations/250888592109385361/messages?limit=50 HTTP/1.1\r\n"
         "Host: chat.example.com\r\n"
         "User-Agent: curl/7.88.1\r\n"
         "Accept: */*\r\n"
         "\r\n";
}

std::vector<std::chrono::nanoseconds> latencies(std::size_t count) {
  std::vector<std::chrono::nanoseconds> all;
  all.reserve(count);
  Draw draw;
  while (all.size() < count) {
    const double unit = draw.next_unit();
    const double us = 50 * std::exp(12 * unit * unit);  // 50 µs to 8 s, half below 1 ms
    all.emplace_back(static_cast<std::int64_t>(us * 1000));
  }
  return all;
}

}  // namespace ringtalk::bench
