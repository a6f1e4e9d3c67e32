#include "loadgen/traffic/client_words.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>

namespace ringtalk::loadgen {

void append_send(std::string& out, const Sending& sending) {
  fmt::format_to(std::back_inserter(out),
                 FMT_COMPILE(R"({{"op":"send","ref":"{}","conversationId":"{}","clientId":"{}",)"
                             R"("content":"{}"}})"),
                 sending.ref, sending.conversation_id, sending.client_id, sending.content);
}

void append_sync(std::string& out, std::string_view conversation_id, std::int64_t after_seq) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"op":"sync","conversationId":"{}","afterSeq":{},"limit":{}}})",
                 conversation_id, after_seq, kSyncEvents);
}

void append_mark(std::string& out, std::string_view op, std::string_view conversation_id,
                 std::int64_t seq) {
  fmt::format_to(std::back_inserter(out),
                 FMT_COMPILE(R"({{"op":"{}","conversationId":"{}","seq":{}}})"), op,
                 conversation_id, seq);
}

void append_typing(std::string& out, std::string_view conversation_id, bool is_on) {
  fmt::format_to(std::back_inserter(out), R"({{"op":"typing","conversationId":"{}","on":{}}})",
                 conversation_id, is_on);
}

void append_auth(std::string& out, std::string_view token) {
  fmt::format_to(std::back_inserter(out), R"({{"op":"auth","token":"{}"}})", token);
}

std::string client_id_of(std::uint32_t run, std::uint32_t sender, std::uint32_t conversation,
                         std::uint64_t number) {
  return fmt::format(FMT_COMPILE("{:08x}-{:04x}-8{:03x}-8{:03x}-{:04x}{:08x}"), run,
                     sender & 0xffffU, (sender >> 16) & 0xfffU, conversation & 0xfffU,
                     (conversation >> 12) & 0xffffU, number & 0xffffffffU);
}

}  // namespace ringtalk::loadgen
