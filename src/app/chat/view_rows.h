// From the rows of the stores to what clients are shown, and the client ids that the server makes.
// Pure functions (reading an event takes the caller's JsonReader, on its thread).
//
// A draft without a `clientId` gets one all the same, so that a resend after a broken connection is
// recognised. It is ours and not the client's: it is made so that it can be told apart (a UUID of
// version 8, RFC 9562 §5.8, that begins with "Ringtalk"), and clients see null in its place.
#pragma once

#include <optional>

#include "app/protocol/json_reader.h"
#include "app/protocol/problem.h"
#include "app/protocol/views.h"
#include "db/rows.h"

namespace ringtalk::app::chat {

protocol::Uuid make_own_client_id();
// The client's own id, or nothing for one of ours.
std::optional<protocol::Uuid> shown_client_id(const protocol::Uuid& client_id);

protocol::MessageView message_view(const db::MessageRow& row);

// The body of another event than a message is JSON of ours; one that cannot be read is `internal`
// and a sign of a damaged store.
protocol::Parsed<protocol::EventView> event_view(const db::EventRow& row,
                                                 protocol::JsonReader& reader);

protocol::ConversationView conversation_view(const db::ConversationRow& row);

struct UserAspect {
  bool is_online = false;
  bool is_own = false;  // with the address
};
protocol::UserView user_view(const db::UserRow& row, UserAspect aspect);

protocol::ConversationMark conversation_mark(const db::HeadRow& row);

}  // namespace ringtalk::app::chat
