#include "app/protocol/ids.h"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace ringtalk::app::protocol {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::array<std::size_t, 4> kUuidDashes = {8, 13, 18, 23};

// The finalizer of MurmurHash3: every bit of the input reaches every bit of the output.
std::uint64_t mix(std::uint64_t bits) {
  bits ^= bits >> 33;
  bits *= 0xff51afd7ed558ccdU;
  bits ^= bits >> 33;
  bits *= 0xc4ceb9fe1a85ec53U;
  return bits ^ (bits >> 33);
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

}  // namespace

std::int64_t make_id(const IdParts& parts) {
  const std::int64_t since_epoch = parts.unix_ms - kIdEpochMs;
  assert(since_epoch >= 0 && since_epoch < (std::int64_t{1} << kIdMillisecondBits));
  const std::int64_t random = parts.random & ((1U << kIdRandomBits) - 1);
  const std::int64_t bucket = parts.bucket & (kBucketCount - 1);
  const std::int64_t id = (((since_epoch << kIdRandomBits) | random) << kIdBucketBits) | bucket;
  return std::max<std::int64_t>(id, 1);  // the very first one would be "no id"
}

std::uint32_t bucket_of(std::int64_t id) {
  return static_cast<std::uint32_t>(id) & (kBucketCount - 1);
}

std::uint32_t direct_bucket(UserId one, UserId other) {
  const auto [low, high] = std::minmax(one.value, other.value);
  const std::uint64_t hash =
      mix(mix(static_cast<std::uint64_t>(low)) + static_cast<std::uint64_t>(high));
  return static_cast<std::uint32_t>(hash) & (kBucketCount - 1);
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<MessageId> parse_message_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto conversation = parse_id(text.substr(0, dash));
  const auto seq = parse_id(text.substr(dash + 1));
  if (!conversation || !seq) return std::nullopt;
  return MessageId{.conversation_id = {*conversation}, .seq = *seq};
}

bool is_id_text(std::string_view text) {
  return !text.empty() && text.size() <= kIdTextBytesMax &&
         std::ranges::all_of(text, is_id_character);
}

void append_id(std::string& out, std::int64_t id) {
  std::array<char, 20> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), id);
  out.append(digits.data(), result.ptr);
}

void append_message_id(std::string& out, MessageId id) {
  append_id(out, id.conversation_id);
  out += '-';
  append_id(out, id.seq);
}

std::string to_text(MessageId id) {
  std::string text;
  append_message_id(text, id);
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != kUuidTextBytes) return std::nullopt;
  Uuid uuid;
  std::size_t digit_count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::ranges::find(kUuidDashes, i) != kUuidDashes.end()) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = uuid.bytes[digit_count++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  return uuid;
}

void append_uuid(std::string& out, const Uuid& uuid) {
  std::array<char, kUuidTextBytes> text;
  std::size_t at = 0;
  for (const std::uint8_t byte : uuid.bytes) {
    if (std::ranges::find(kUuidDashes, at) != kUuidDashes.end()) text[at++] = '-';
    text[at++] = kHexDigits[byte >> 4];
    text[at++] = kHexDigits[byte & 15];
  }
  out.append(text.data(), text.size());
}

std::string to_text(const Uuid& uuid) {
  std::string text;
  append_uuid(text, uuid);
  return text;
}

Uuid make_uuid(const std::array<std::uint8_t, 16>& random) {
  Uuid uuid{.bytes = random};
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);  // version 4
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);  // variant 10
  return uuid;
}

}  // namespace ringtalk::app::protocol
