// Published: one change of a conversation on its way to those who listen: made once, after its
// commit, by the shard that committed it; shared by all shards, never changed.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/protocol/views.h"
#include "reactor/shared_bytes.h"

namespace ringtalk::app::chat {

struct Published {
  protocol::ConversationId conversation_id;
  protocol::EventView event;  // seq 0: the conversation was opened, and nothing is in its log yet
  std::optional<protocol::Uuid> send_key;  // of a message: also one that clients are not shown
  reactor::SharedBytes frame;  // the finished WebSocket frame of the `event`; empty with seq 0
  std::vector<protocol::UserId> opened_to;  // with seq 0: its members
};

using PublishedPtr = std::shared_ptr<const Published>;

/// Events of one conversation that its listeners on a shard are given together: dense, in order.
/// Lives while they are; the hub's.
struct Round {
  std::span<const PublishedPtr> events;  // one at least
  reactor::SharedBytes frames;           // of all; empty: too many for one piece
  bool are_messages = true;              // and nothing else, which somebody may have to look at

  [[nodiscard]] protocol::Seq first() const { return events.front()->event.seq; }
  [[nodiscard]] protocol::Seq last() const { return events.back()->event.seq; }
};

/// Somebody becomes a member by it, or ceases to be one.
[[nodiscard]] bool changes_members(const Published& published);

/// The finished text frame of `event`, as every listener gets it.
[[nodiscard]] reactor::SharedBytes frame_of(protocol::ConversationId conversation_id,
                                            const protocol::EventView& event);

}  // namespace ringtalk::app::chat
