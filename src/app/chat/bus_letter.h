// BusLetter: what one instance tells the others, as bytes: an event, the opening of a conversation,
// passing news, or that it could not tell them something. Codec: pure but for the JsonReader, which
// is the caller's. Bytes that are no letter of this format are nothing: they come from another
// version, and heads will be compared.
//
//   u8 format (1) · u64 instance that sent it · i64 conversation · u8 type, then:
//   'e' an event record · 'o' i64 members, as many as there are ·
//   'p' u8 kind · i64 whom it is about · the rest: the finished frame · 'l' nothing (conversation
//   0)
//
// Integers are little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/json_reader.h"

namespace ringtalk::app::chat {

/// Tells running instances apart: drawn at random when one starts.
using InstanceId = std::uint64_t;

/// Something that it published was lost: whoever listens to anything compares.
struct LostNews {};

struct BusLetter {
  InstanceId from = 0;
  std::variant<PublishedPtr, PassingPtr, LostNews> news;
};

[[nodiscard]] std::string write_bus_letter(InstanceId from, const Published& published);
[[nodiscard]] std::string write_bus_letter(InstanceId from, const Passing& passing);
[[nodiscard]] std::string write_bus_letter(InstanceId from, LostNews lost);

/// Of bytes that may be a letter: who sent them, without reading on.
[[nodiscard]] std::optional<InstanceId> sender_of(std::string_view bytes);
[[nodiscard]] std::optional<BusLetter> parse_bus_letter(std::string_view bytes,
                                                        protocol::JsonReader& reader);

}  // namespace ringtalk::app::chat
