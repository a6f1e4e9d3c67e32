// FanOut: hands what was committed to the shard that owns its conversation, whose Routes know who
// listens: at once where that is this shard, as it is for every message, else by letter. One per
// shard, its thread; not to be called while the hub gives events to the feeds. A letter that finds
// a full mailbox is lost: the next event of the conversation shows the hole, or the next comparison
// of heads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/views.h"
#include "app/shard_directory.h"
#include "reactor/pinned.h"

namespace ringtalk::app::chat {

class FanOut : reactor::Pinned {
 public:
  FanOut(ShardDirectory& directory, std::size_t shard) : directory_(directory), shard_(shard) {}

  /// `send_key`: of a message, the client id under which it was stored.
  void publish(protocol::ConversationId conversation_id, protocol::EventView event,
               std::optional<protocol::Uuid> send_key = std::nullopt);
  /// A new conversation: its members' connections begin to listen.
  void publish_opened(protocol::ConversationId conversation_id,
                      std::vector<protocol::UserId> member_ids);

  /// To whoever listens to its conversation, if he can take it at once. Lost with its letter.
  void pass_on(const PassingPtr& passing);

  [[nodiscard]] std::uint64_t letters_lost() const { return letters_lost_; }
  [[nodiscard]] std::uint64_t passing_letters_lost() const { return passing_letters_lost_; }

 private:
  void post(PublishedPtr published);

  ShardDirectory& directory_;
  const std::size_t shard_;
  std::uint64_t letters_lost_ = 0;
  std::uint64_t passing_letters_lost_ = 0;
};

}  // namespace ringtalk::app::chat
