// The ids of Ringtalk as values, and their text.
// Pure values, used by every thread.
//
// An id has 63 bits: 41 of milliseconds since 2025-01-01, 10 random ones, and in the low 12 a
// bucket, by which the store may one day be split. It travels as a decimal string
// ("712838712934400123"). A message has no id of its own: it is named "<conversation id>-<seq>".
// Text is parsed strictly: digits only, no sign, no leading zero, greater than 0, at most 19
// digits.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::protocol {

inline constexpr std::int64_t kIdEpochMs = 1'735'689'600'000;  // 2025-01-01T00:00:00Z as Unix time
inline constexpr int kIdMillisecondBits = 41;                  // lasts until the year 2094
inline constexpr int kIdRandomBits = 10;
inline constexpr int kIdBucketBits = 12;
inline constexpr std::uint32_t kBucketCount = 1U << kIdBucketBits;
inline constexpr std::size_t kIdTextBytesMax = 40;  // of any id, in the contract's eyes

static_assert(kIdMillisecondBits + kIdRandomBits + kIdBucketBits == 63, "an id is never negative");

// Value 0 is no id: the server makes none, and the store finds nothing under it.
template <class Tag>
struct StrongId {
  std::int64_t value = 0;

  friend auto operator<=>(const StrongId&, const StrongId&) = default;
};

using ConversationId = StrongId<struct ConversationTag>;
using UserId = StrongId<struct UserTag>;
using LoginId = StrongId<struct LoginTag>;  // one login and the family of its refresh tokens

// The place of an event in the log of its conversation, from 1; 0 stands before the first one.
using Seq = std::int64_t;

struct MessageId {
  ConversationId conversation_id;
  Seq seq = 0;

  friend auto operator<=>(const MessageId&, const MessageId&) = default;
};

struct IdParts {
  std::int64_t unix_ms = 0;  // at or after the epoch of ids
  std::uint32_t random = 0;  // its low 10 bits are taken
  std::uint32_t bucket = 0;  // its low 12 bits are taken
};

std::int64_t make_id(const IdParts& parts);
std::uint32_t bucket_of(std::int64_t id);
// The bucket of the direct conversation of two users, whoever of them asks.
std::uint32_t direct_bucket(UserId one, UserId other);

// A decimal number in 1..2^63-1, strictly.
std::optional<std::int64_t> parse_id(std::string_view text);
std::optional<MessageId> parse_message_id(std::string_view text);
// What the contract calls an id: 1..40 of [0-9A-Za-z-].
bool is_id_text(std::string_view text);

void append_id(std::string& out, std::int64_t id);
void append_message_id(std::string& out, MessageId id);
std::string to_text(MessageId id);

// An id from a client: nothing when it is not even shaped like one, and Id{0}, which exists
// nowhere, when it is well-formed but none of ours. So a made-up id ends as "not found", like a
// foreign one.
template <class Id>
std::optional<Id> read_id(std::string_view text) {
  if (!is_id_text(text)) return std::nullopt;
  return Id{parse_id(text).value_or(0)};
}

template <class Tag>
void append_id(std::string& out, StrongId<Tag> id) {
  append_id(out, id.value);
}

template <class Tag>
std::string to_text(StrongId<Tag> id) {
  std::string text;
  append_id(text, id.value);
  return text;
}

// A UUID in canonical text (8-4-4-4-12 hexadecimal digits), of any version and variant.
// Read in either case and compared as the 128 bits that it is; written in lower case.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

inline constexpr std::size_t kUuidTextBytes = 36;

std::optional<Uuid> parse_uuid(std::string_view text);
void append_uuid(std::string& out, const Uuid& uuid);
std::string to_text(const Uuid& uuid);
// Version 4 (RFC 9562 §5.4) from 16 bytes that the caller drew at random.
Uuid make_uuid(const std::array<std::uint8_t, 16>& random);

}  // namespace ringtalk::app::protocol

template <class Tag>
struct std::hash<ringtalk::app::protocol::StrongId<Tag>> {
  std::size_t operator()(ringtalk::app::protocol::StrongId<Tag> id) const noexcept {
    // The low bits of an id are its bucket, so they are stirred before a table masks them.
    const auto bits = static_cast<std::uint64_t>(id.value) * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(bits ^ (bits >> 32));
  }
};

template <>
struct std::hash<ringtalk::app::protocol::Uuid> {
  std::size_t operator()(const ringtalk::app::protocol::Uuid& uuid) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
  }
};
