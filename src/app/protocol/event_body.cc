#include "app/protocol/event_body.h"

#include <cassert>

#include "app/protocol/bounds.h"
#include "app/protocol/json_fields.h"

namespace ringtalk::app::protocol {

namespace {

struct MembersWriter {
  JsonWriter& json;

  void operator()(const MessageView&) const { assert(false && "a message is an object"); }

  void operator()(const Joined& joined) const {
    json.key("userIds").begin_array();
    for (const UserId id : joined.user_ids) json.id(id);
    json.end_array();
    json.id("byUserId", joined.by_user_id);
  }

  void operator()(const Left& left) const {
    json.id("userId", left.user_id);
    json.id("byUserId", left.by_user_id);
  }

  void operator()(const Renamed& renamed) const {
    json.text("name", renamed.name);
    json.id("byUserId", renamed.by_user_id);
  }
};

UserId take_user_id(Fields& fields, std::string_view name) {
  const auto id = parse_id(fields.text(name, no_fault));
  if (!id && fields.is_valid()) fields.refuse(name, "must be an id");
  return {id.value_or(0)};
}

EventDetail take_detail(Fields& fields, EventKind kind) {
  switch (kind) {
    case EventKind::kJoined:
      return Joined{.user_ids = fields.user_ids("userIds", {.min = 1, .max = kMembersMax}),
                    .by_user_id = take_user_id(fields, "byUserId")};
    case EventKind::kLeft:
      return Left{.user_id = take_user_id(fields, "userId"),
                  .by_user_id = take_user_id(fields, "byUserId")};
    case EventKind::kRenamed:
      return Renamed{.name = fields.text("name", no_fault),
                     .by_user_id = take_user_id(fields, "byUserId")};
    case EventKind::kMessage:
      break;
  }
  fields.refuse("kind", "is none that this server knows");
  return {};
}

}  // namespace

EventKind kind_of(const EventDetail& detail) {
  static_assert(std::is_same_v<std::variant_alternative_t<0, EventDetail>, MessageView>);
  static_assert(std::is_same_v<std::variant_alternative_t<1, EventDetail>, Joined>);
  static_assert(std::is_same_v<std::variant_alternative_t<2, EventDetail>, Left>);
  static_assert(std::is_same_v<std::variant_alternative_t<3, EventDetail>, Renamed>);
  return static_cast<EventKind>(detail.index());
}

std::string_view word_of(EventKind kind) {
  switch (kind) {
    case EventKind::kMessage:
      return "message";
    case EventKind::kJoined:
      return "joined";
    case EventKind::kLeft:
      return "left";
    case EventKind::kRenamed:
      return "renamed";
  }
  return "unknown";
}

std::string event_body(const EventDetail& detail) {
  if (const auto* message = std::get_if<MessageView>(&detail)) return message->content;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  write_event_members(json, detail);
  json.end_object();
  return body;
}

Parsed<EventDetail> parse_event_body(JsonReader& reader, EventKind kind, std::string_view body) {
  const auto object = read_object(reader, body);
  if (!object) return std::unexpected(object.error());
  Fields fields(*object);
  EventDetail detail = take_detail(fields, kind);
  if (!fields.is_valid()) return std::unexpected(fields.problem());
  return detail;
}

void write_event_members(JsonWriter& json, const EventDetail& detail) {
  std::visit(MembersWriter{json}, detail);
}

}  // namespace ringtalk::app::protocol
