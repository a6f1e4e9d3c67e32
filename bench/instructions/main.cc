// A program with nothing in it but one parser or writer, run a fixed number of times, for counting
// its instructions under callgrind:
//
//   instruction_paths            names the paths, one a line
//   instruction_paths PATH N     runs PATH N times
//
// Two runs, of N and 2 N, are subtracted: what remains is N times the path, without the start.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "app/protocol/command_parser.h"
#include "app/protocol/event_writer.h"
#include "http/request_parser.h"
#include "support/samples.h"
#include "ws/frame_writer.h"
#include "ws/mask.h"
#include "ws/message_assembler.h"
#include "ws/utf8.h"

namespace ringtalk::bench {
namespace {

// What is computed goes through here, or the compiler might leave the work out.
template <class Value>
void use(const Value& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

// A sample that is refused would be counted for nothing.
void require(bool is_good) {
  if (is_good) return;
  std::fputs("a sample was refused\n", stderr);
  std::exit(1);
}

void unmask_1024(std::size_t times) {
  std::string payload(1024, 'x');
  while (times-- > 0) {
    ws::apply_mask(std::as_writable_bytes(std::span(payload)), kMaskKey);
    use(payload);
  }
}

void check_utf8(std::size_t times, const std::string& text) {
  while (times-- > 0) {
    const bool is_valid = ws::is_valid_utf8(text);
    require(is_valid);
  }
}

void utf8_ascii_1024(std::size_t times) {
  check_utf8(times, ascii_text(1024));
}

void utf8_mixed_1024(std::size_t times) {
  check_utf8(times, mixed_text(1024));
}

void parse_frames(std::size_t times, std::size_t payload_bytes) {
  const std::string frame = masked_frame(ascii_text(payload_bytes));
  std::string input = frame;
  ws::MessageAssembler assembler;
  while (times-- > 0) {
    std::memcpy(input.data(), frame.data(), frame.size());
    auto bytes = std::as_writable_bytes(std::span(input));
    const ws::MessageEvent event = assembler.next(bytes);
    require(std::holds_alternative<ws::Message>(event));
    use(event);
  }
}

void frame_parse_125(std::size_t times) {
  parse_frames(times, 125);
}

void frame_parse_1024(std::size_t times) {
  parse_frames(times, 1024);
}

// Cut in the middle, so that it is gathered.
void frame_parse_in_two_chunks(std::size_t times) {
  const std::string frame = masked_frame(ascii_text(125));
  std::string input = frame;
  ws::MessageAssembler assembler;
  while (times-- > 0) {
    std::memcpy(input.data(), frame.data(), frame.size());
    const auto bytes = std::as_writable_bytes(std::span(input));
    auto first = bytes.first(60);
    require(std::holds_alternative<ws::NeedMore>(assembler.next(first)));
    auto second = bytes.subspan(60);
    require(std::holds_alternative<ws::Message>(assembler.next(second)));
  }
}

void frame_write_125(std::size_t times) {
  const std::string payload = ascii_text(125);
  std::string out;
  while (times-- > 0) {
    out.clear();
    ws::append_frame(out, ws::Opcode::kText, payload);
    use(out);
  }
}

void parse_requests(std::size_t times, const std::string& request) {
  http::RequestParser parser;
  while (times-- > 0) {
    std::string_view input = request;
    auto progress = parser.feed(input);
    input.remove_prefix(progress.consumed);
    if (progress.outcome == http::RequestParser::Outcome::headers_complete) {
      progress = parser.feed(input);
    }
    require(progress.outcome == http::RequestParser::Outcome::complete);
    parser.reset();
  }
}

void request_post(std::size_t times) {
  parse_requests(times, post_request());
}

void request_get(std::size_t times) {
  parse_requests(times, get_request());
}

void parse_commands(std::size_t times, const std::string& message) {
  app::protocol::JsonReader reader;
  while (times-- > 0) {
    const auto command = parse_command(reader, message);
    require(command.has_value());
    use(command);
  }
}

void command_send_125(std::size_t times) {
  parse_commands(times, send_command(125));
}

void command_read(std::size_t times) {
  parse_commands(times, R"({"op":"read","conversationId":"250888592109385361","seq":4711})");
}

void event_write_125(std::size_t times) {
  const app::protocol::EventView event = message_event(4711, 125);
  std::string out;
  while (times-- > 0) {
    out.clear();
    append_event_message(out, kConversation, event);
    use(out);
  }
}

struct Path {
  std::string_view name;
  void (*run)(std::size_t times);
};

constexpr Path kPaths[] = {
    {"unmask_1024", unmask_1024},
    {"utf8_ascii_1024", utf8_ascii_1024},
    {"utf8_mixed_1024", utf8_mixed_1024},
    {"frame_parse_125", frame_parse_125},
    {"frame_parse_1024", frame_parse_1024},
    {"frame_parse_in_two_chunks", frame_parse_in_two_chunks},
    {"frame_write_125", frame_write_125},
    {"request_post", request_post},
    {"request_get", request_get},
    {"command_send_125", command_send_125},
    {"command_read", command_read},
    {"event_write_125", event_write_125},
};

int run(std::string_view name, const char* times_text) {
  char* end = nullptr;
  const unsigned long times = std::strtoul(times_text, &end, 10);
  if (times == 0 || *end != '\0') {
    std::fprintf(stderr, "how many times? not \"%s\"\n", times_text);
    return 2;
  }
  for (const Path& path : kPaths) {
    if (path.name != name) continue;
    path.run(times);
    return 0;
  }
  std::fputs("there is no such path; without arguments this program names them\n", stderr);
  return 2;
}

}  // namespace
}  // namespace ringtalk::bench

int main(int argc, char** argv) {
  if (argc == 3) return ringtalk::bench::run(argv[1], argv[2]);
  for (const auto& path : ringtalk::bench::kPaths) {
    std::printf("%.*s\n", static_cast<int>(path.name.size()), path.name.data());
  }
  return argc == 1 ? 0 : 2;
}
