// Hub: who listens to which conversation on this shard. Takes what the owner's routes deliver,
// keeps the recent tail of each conversation that has listeners, and gives it to the feeds. One
// per shard, its thread. Topics live as long as they have feeds; the owner is told of both ends.
//
// With few listeners an event is given at once. With many, a round through them costs far more
// than what each is given in it: so what a turn brings is given in one round at its end, and after
// the round of a large conversation the next one waits a little, so that under load each listener
// gets several events in one write. The first event after a silence never waits.
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
#include "reactor/reactor.h"

namespace ringtalk::app::chat {

class Feed;
class SessionTable;

class RoundTimer;

/// A conversation with listeners on this shard.
struct Topic {
  Topic();
  ~Topic();

  protocol::ConversationId id;
  protocol::Seq head = 0;         // the highest seq known here
  std::deque<PublishedPtr> tail;  // the latest events that came, dense; may end before `head`
  std::size_t tail_bytes = 0;     // of their frames
  protocol::Seq given = 0;        // what of the tail the feeds were given
  std::vector<Feed*> feeds;
  std::unique_ptr<RoundTimer> round_timer;  // once it has had many listeners
};

class Hub : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    SessionTable& sessions;
    ShardDirectory& directory;
    std::size_t shard = 0;  // this one
  };
  explicit Hub(const Environment& environment) : environment_(environment) {}

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
  /// Rounds through the listeners of a conversation, and the events that they were given in them.
  [[nodiscard]] std::uint64_t rounds() const { return rounds_; }
  [[nodiscard]] std::uint64_t events_given() const { return events_given_; }

 private:
  friend class RoundTimer;

  void append_to_tail(Topic& topic, const PublishedPtr& published);
  void give_at_end_of_turn(Topic& topic);
  /// Whether there was anything to give.
  bool give(Topic& topic);
  [[nodiscard]] Round gather(const Topic& topic);

  const Environment environment_;
  tsl::robin_map<protocol::ConversationId, std::unique_ptr<Topic>> topics_;
  std::vector<PublishedPtr> gathered_;  // of the round under way
  std::uint64_t rounds_ = 0;
  std::uint64_t events_given_ = 0;
};

}  // namespace ringtalk::app::chat
