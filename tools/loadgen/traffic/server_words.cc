#include "loadgen/traffic/server_words.h"

#include <charconv>

namespace ringtalk::loadgen {
namespace {

bool skip(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

/// A positive decimal number off the front.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

}  // namespace

std::optional<EventWord> read_event(std::string_view text) {
  EventWord word;
  const bool is_read = skip(text, R"({"op":"event","conversationId":")") &&
                       take(text, word.conversation) && word.conversation > 0 &&
                       skip(text, R"(","event":{"seq":)") && take(text, word.seq) &&
                       text.starts_with(',');
  if (!is_read) return std::nullopt;
  return word;
}

std::optional<AckWord> read_ack(std::string_view text) {
  AckWord word;
  if (!skip(text, R"({"op":"ack","ref":")") || !take(text, word.ref) || !skip(text, "\",")) {
    return std::nullopt;
  }
  // Between them stand ids and a time, none of which can hold these.
  constexpr std::string_view kSeq = R"(,"seq":)";
  const std::size_t at = text.find(kSeq);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kSeq.size());
  if (!take(text, word.seq)) return std::nullopt;
  word.is_duplicate = text.ends_with(R"("duplicate":true})");
  if (!word.is_duplicate && !text.ends_with(R"("duplicate":false})")) return std::nullopt;
  return word;
}

}  // namespace ringtalk::loadgen
