// Hub: who listens to which conversation on this shard. Takes what the owner's routes deliver,
// keeps the recent tail of each conversation that has listeners, and gives each event to the feeds.
// One per shard, its thread. Topics live as long as they have feeds; the owner is told of both
// ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "reactor/pinned.h"

namespace ringtalk::app::chat {

class Feed;
class SessionTable;

/// A conversation with listeners on this shard.
struct Topic {
  protocol::ConversationId id;
  protocol::Seq head = 0;         // the highest seq known here
  std::deque<PublishedPtr> tail;  // the latest events that came, dense; may end before `head`
  std::size_t tail_bytes = 0;     // of their frames
  std::vector<Feed*> feeds;
};

class Hub : reactor::Pinned {
 public:
  Hub(SessionTable& sessions, ShardDirectory& directory, std::size_t shard)
      : sessions_(sessions), directory_(directory), shard_(shard) {}

  // From the routes of the conversation's owner:
  void deliver(const PublishedPtr& published);
  /// Of their becoming or ceasing to be members.
  void tell_members(const Published& published);
  /// What is not stored: to the feeds as they are now.
  void pass_on(const Passing& passing);

  /// The feed listens from now on, until leave(). The topic's address is stable meanwhile.
  [[nodiscard]] Topic& join(protocol::ConversationId id, Feed& feed);
  void leave(Topic& topic, Feed& feed);

  /// Null when nobody here listens to it.
  [[nodiscard]] Topic* find(protocol::ConversationId id) const;

  /// The log of a conversation is known to reach `head`: who is behind fetches it. False when
  /// nobody was.
  [[nodiscard]] bool raise_head(protocol::ConversationId id, protocol::Seq head);
  [[nodiscard]] bool raise_head(Topic& topic, protocol::Seq head);
  [[nodiscard]] std::size_t topics() const { return topics_.size(); }

 private:
  void append_to_tail(Topic& topic, const PublishedPtr& published);

  SessionTable& sessions_;
  ShardDirectory& directory_;
  const std::size_t shard_;
  tsl::robin_map<protocol::ConversationId, std::unique_ptr<Topic>> topics_;
};

}  // namespace ringtalk::app::chat
