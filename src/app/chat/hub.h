// Hub: who listens to which conversation on this shard. Takes what fan_out delivers, keeps the
// recent tail of each conversation that has listeners, and gives each event to the feeds. One per
// shard, its thread. Topics live as long as they have feeds.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/ids.h"
#include "reactor/pinned.h"

namespace ringtalk::app::chat {

class Feed;
class SessionTable;

/// A conversation with listeners on this shard.
struct Topic {
  protocol::ConversationId id;
  protocol::Seq head = 0;         // the highest seq known here
  std::deque<PublishedPtr> tail;  // the latest events, dense, ending at `head`, or empty
  std::size_t tail_bytes = 0;     // of their frames
  std::vector<Feed*> feeds;
};

class Hub : reactor::Pinned {
 public:
  explicit Hub(SessionTable& sessions) : sessions_(sessions) {}

  void deliver(const PublishedPtr& published);
  /// What is not stored: to the feeds as they are now.
  void pass_on(const Passing& passing);

  /// The feed listens from now on, until leave(). The topic's address is stable meanwhile.
  [[nodiscard]] Topic& join(protocol::ConversationId id, Feed& feed);
  void leave(Topic& topic, Feed& feed);

  /// What a connection that is just starting may have missed between its reading of the database
  /// and its joining: heads delivered since `mark`. False when so much came that some of it is
  /// forgotten: read again.
  [[nodiscard]] std::uint64_t mark() const { return delivered_; }
  [[nodiscard]] bool raise_heads_since(std::uint64_t mark);

  /// The log of a conversation is known to reach `head`: who is behind fetches it. False when that
  /// was known, or nobody listens.
  [[nodiscard]] bool raise_head(protocol::ConversationId id, protocol::Seq head);
  /// Of all that is listened to, in no order.
  [[nodiscard]] std::vector<std::int64_t> conversation_ids() const;

  [[nodiscard]] std::size_t topics() const { return topics_.size(); }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }

 private:
  struct RecentHead {
    protocol::ConversationId id;
    protocol::Seq seq = 0;
  };
  static constexpr std::size_t kRecentHeads = 1024;

  void append_to_tail(Topic& topic, const PublishedPtr& published);
  void tell_new_members(const Published& published);
  void tell_former_member(const Published& published);

  SessionTable& sessions_;
  tsl::robin_map<protocol::ConversationId, std::unique_ptr<Topic>> topics_;
  std::array<RecentHead, kRecentHeads> recent_{};
  std::uint64_t delivered_ = 0;
};

}  // namespace ringtalk::app::chat
