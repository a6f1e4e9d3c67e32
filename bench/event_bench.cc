// An event from value to JSON, beside fmt::format; and to the finished frame that all listeners
// share.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "app/chat/published.h"
#include "app/protocol/event_writer.h"
#include "support/allocation_counter.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

using app::protocol::EventView;
using app::protocol::MessageView;

void write_event(benchmark::State& state) {
  const EventView event = message_event(4711, static_cast<std::size_t>(state.range(0)));
  std::string out;
  append_event_message(out, kConversation, event);
  const AllocationCounter allocations;
  for (auto _ : state) {
    out.clear();
    append_event_message(out, kConversation, event);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

std::string naive_escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      escaped += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string naive_time(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", std::string_view(text, size), unix_ms % 1000);
}

std::string naive_event(const EventView& event) {
  const auto& message = std::get<MessageView>(event.detail);
  const std::string time = naive_time(event.timestamp_ms);
  const std::string client_id =
      message.client_id ? '"' + to_text(*message.client_id) + '"' : "null";
  return fmt::format(
      R"({{"op":"event","conversationId":"{0}","event":{{"seq":{1},"kind":"message",)"
      R"("timestamp":"{2}","message":{{"id":"{0}-{1}","conversationId":"{0}","seq":{1},)"
      R"("senderId":"{3}","type":"text","content":"{4}","timestamp":"{2}","clientId":{5},)"
      R"("status":"sent"}}}}}})",
      kConversation.value, event.seq, time, message.sender_id.value, naive_escape(message.content),
      client_id);
}

void write_event_with_format(benchmark::State& state) {
  const EventView event = message_event(4711, static_cast<std::size_t>(state.range(0)));
  std::string ours;
  append_event_message(ours, kConversation, event);
  if (naive_event(event) != ours) return state.SkipWithError("the twin writes something else");
  for (auto _ : state) {
    const std::string text = naive_event(event);
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(ours.size()));
}

// Once an event, however many listen.
void make_frame(benchmark::State& state) {
  const EventView event = message_event(4711, static_cast<std::size_t>(state.range(0)));
  const AllocationCounter allocations;
  for (auto _ : state) {
    const reactor::SharedBytes frame = app::chat::frame_of(kConversation, event);
    benchmark::DoNotOptimize(frame.text().data());
  }
  allocations.report(state, state.iterations());
}

BENCHMARK(write_event)->Name("event_write/ours")->ArgsProduct({kContentSizes});
BENCHMARK(write_event_with_format)->Name("event_write/fmt_format")->ArgsProduct({kContentSizes});
BENCHMARK(make_frame)->Name("event_frame/ours")->ArgsProduct({kContentSizes});

}  // namespace
}  // namespace ringtalk::bench
