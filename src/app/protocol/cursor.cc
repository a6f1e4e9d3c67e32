#include "app/protocol/cursor.h"

#include <fmt/format.h>

#include <charconv>

#include "app/protocol/base64url.h"
#include "app/protocol/bounds.h"

namespace ringtalk::app::protocol {

namespace {

// What comes before the numbers: version, and which list it is.
constexpr std::string_view kConversations = "1c:";
constexpr std::string_view kHistoryBefore = "1b:";
constexpr std::string_view kHistoryAfter = "1a:";

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::string decoded(std::string_view cursor) {
  if (cursor.size() > kCursorBytesMax) return {};
  return decode_base64url(cursor).value_or("");
}

}  // namespace

std::string encode_cursor(const ConversationCursor& cursor) {
  return encode_base64url(
      fmt::format("{}{}:{}", kConversations, cursor.last_activity_ms, cursor.id.value));
}

std::optional<ConversationCursor> decode_conversation_cursor(std::string_view text) {
  const std::string plain = decoded(text);
  if (!plain.starts_with(kConversations)) return std::nullopt;
  const std::string_view numbers = std::string_view(plain).substr(kConversations.size());
  const std::size_t colon = numbers.find(':');
  if (colon == numbers.npos) return std::nullopt;
  const auto activity = parse_number(numbers.substr(0, colon));
  const auto id = parse_id(numbers.substr(colon + 1));
  if (!activity || !id) return std::nullopt;
  return ConversationCursor{.last_activity_ms = *activity, .id = {*id}};
}

std::string encode_cursor(const HistoryCursor& cursor) {
  const bool is_newest_first = cursor.direction == Direction::kNewestFirst;
  return encode_base64url(
      fmt::format("{}{}", is_newest_first ? kHistoryBefore : kHistoryAfter, cursor.seq));
}

std::optional<HistoryCursor> decode_history_cursor(std::string_view text) {
  const std::string plain = decoded(text);
  const bool is_newest_first = plain.starts_with(kHistoryBefore);
  if (!is_newest_first && !plain.starts_with(kHistoryAfter)) return std::nullopt;
  const auto seq = parse_id(std::string_view(plain).substr(kHistoryBefore.size()));
  if (!seq) return std::nullopt;
  return HistoryCursor{
      .direction = is_newest_first ? Direction::kNewestFirst : Direction::kOldestFirst,
      .seq = *seq};
}

}  // namespace ringtalk::app::protocol
