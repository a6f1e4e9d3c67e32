// How the log stores what an event says: events.kind is its number, events.body its text.
// Pure functions (reading takes the caller's JsonReader, on its thread). A message's body is its
// content as it is; the other kinds are a JSON object of the very members that the contract shows.
#pragma once

#include <string>
#include <string_view>

#include "app/protocol/json_reader.h"
#include "app/protocol/json_writer.h"
#include "app/protocol/problem.h"
#include "app/protocol/views.h"

namespace ringtalk::app::protocol {

EventKind kind_of(const EventDetail& detail);
std::string_view word_of(EventKind kind);  // "message", "joined", …

std::string event_body(const EventDetail& detail);

// The other way, for every kind but a message, whose view takes more than its body. A body that
// this server did not write is a problem, and a sign of a damaged store.
Parsed<EventDetail> parse_event_body(JsonReader& reader, EventKind kind, std::string_view body);

// The members of `joined`, `left` or `renamed`, into an object that is open.
void write_event_members(JsonWriter& json, const EventDetail& detail);

}  // namespace ringtalk::app::protocol
