#include "app/chat/bus_letter.h"

#include <memory>
#include <utility>

#include "app/chat/byte_fields.h"
#include "app/chat/event_record.h"
#include "app/chat/view_rows.h"

namespace ringtalk::app::chat {
namespace {

using protocol::ConversationId;

constexpr std::uint8_t kFormat = 1;
constexpr char kEvent = 'e';
constexpr char kOpened = 'o';
constexpr char kPassing = 'p';
constexpr char kLost = 'l';

std::string begin_letter(InstanceId from, ConversationId id, char type) {
  std::string bytes;
  append_field(bytes, kFormat);
  append_field(bytes, from);
  append_field(bytes, id.value);
  append_field(bytes, type);
  return bytes;
}

PublishedPtr parse_event(ConversationId id, std::string_view bytes, protocol::JsonReader& reader) {
  const auto row = parse_event_record(id, bytes);
  if (!row) return nullptr;
  auto event = event_view(*row, reader);
  if (!event) return nullptr;
  auto published = std::make_shared<Published>();
  published->conversation_id = id;
  published->frame = frame_of(id, *event);
  published->event = std::move(*event);
  if (row->client_id) published->send_key = protocol::Uuid{*row->client_id};
  return published;
}

PublishedPtr parse_opened(ConversationId id, FieldReader fields) {
  auto published = std::make_shared<Published>();
  published->conversation_id = id;
  while (!fields.rest().empty()) published->opened_to.push_back({fields.take<std::int64_t>()});
  if (fields.is_short() || published->opened_to.empty()) return nullptr;
  return published;
}

PassingPtr parse_passing(ConversationId id, FieldReader fields) {
  auto passing = std::make_shared<Passing>();
  const auto kind = fields.take<std::uint8_t>();
  passing->conversation_id = id;
  passing->about = {fields.take<std::int64_t>()};
  if (kind > std::to_underlying(Passing::Kind::kReceipt) || fields.rest().empty()) return nullptr;
  passing->kind = static_cast<Passing::Kind>(kind);
  passing->frame = reactor::SharedBytes(std::string(fields.rest()));
  return passing;
}

}  // namespace

std::string write_bus_letter(InstanceId from, const Published& published) {
  if (published.event.seq > 0) {
    std::string bytes = begin_letter(from, published.conversation_id, kEvent);
    append_event_record(bytes, published.event, published.send_key);
    return bytes;
  }
  std::string bytes = begin_letter(from, published.conversation_id, kOpened);
  for (const protocol::UserId user : published.opened_to) append_field(bytes, user.value);
  return bytes;
}

std::string write_bus_letter(InstanceId from, const Passing& passing) {
  std::string bytes = begin_letter(from, passing.conversation_id, kPassing);
  append_field(bytes, std::to_underlying(passing.kind));
  append_field(bytes, passing.about.value);
  bytes += passing.frame.text();
  return bytes;
}

std::string write_bus_letter(InstanceId from, LostNews) {
  return begin_letter(from, {}, kLost);
}

std::optional<InstanceId> sender_of(std::string_view bytes) {
  FieldReader fields(bytes);
  const auto format = fields.take<std::uint8_t>();
  const auto from = fields.take<InstanceId>();
  if (fields.is_short() || format != kFormat) return std::nullopt;
  return from;
}

std::optional<BusLetter> parse_bus_letter(std::string_view bytes, protocol::JsonReader& reader) {
  const auto from = sender_of(bytes);
  if (!from) return std::nullopt;
  FieldReader fields(bytes.substr(sizeof(kFormat) + sizeof(InstanceId)));
  const ConversationId id{fields.take<std::int64_t>()};
  const char type = fields.take<char>();
  BusLetter letter{.from = *from};
  if (type == kLost && !fields.is_short()) {
    letter.news = LostNews();
    return letter;
  }
  if (id.value <= 0) return std::nullopt;
  if (type == kPassing) {
    const PassingPtr passing = parse_passing(id, fields);
    if (!passing) return std::nullopt;
    letter.news = passing;
    return letter;
  }
  PublishedPtr published;
  if (type == kEvent) published = parse_event(id, fields.rest(), reader);
  if (type == kOpened) published = parse_opened(id, fields);
  if (!published) return std::nullopt;
  letter.news = published;
  return letter;
}

}  // namespace ringtalk::app::chat
