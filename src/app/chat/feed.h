// Feed: one session's place in the log of one conversation. It never passes a hole on: an event is
// sent when it is the next one, and otherwise the FeedSet fetches what lies between. Lies in the
// FeedSet of its session, beside the others, and moves when one comes or goes; the hub's topic
// knows where it is while it listens. The shard's thread.
#pragma once

#include <cstdint>

#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/ids.h"

namespace ringtalk::app::chat {

class FeedSet;
class Hub;
struct Topic;

class Feed {
 public:
  enum class State : std::uint8_t {
    kStarting,  // listens, but its position is not known yet
    kLive,      // all up to the head was sent
    kFilling,   // behind; the FeedSet is fetching
    kHeld,      // more waited at the start than is sent by itself: until `sync`s reach the head
    kLeft,      // listens no more
  };

  Feed(FeedSet& owner, protocol::ConversationId id);
  Feed(Feed&& other) noexcept;
  Feed& operator=(Feed&& other) noexcept;
  ~Feed() { leave(); }

  /// From the hub: events of the conversation were committed.
  void offer(const Round& round);
  /// From the hub: news that need not arrive.
  void pass_on(const Passing& passing);
  /// From the hub: the head was raised, without the events that lead to it. False when it had sent
  /// them all, or sends nothing by itself now.
  bool catch_up();

  void leave();
  /// The log is known to reach so far: all feeds of the topic that are behind fetch it.
  void raise_head(protocol::Seq seq);

  [[nodiscard]] protocol::ConversationId id() const { return id_; }
  [[nodiscard]] protocol::Seq head() const;
  /// The next event if the topic's tail has it.
  [[nodiscard]] const Published* next_in_tail() const;

  protocol::Seq position = 0;     // the last seq sent
  std::int16_t events_left = -1;  // how many more are sent by themselves; −1: no bound
  State state = State::kStarting;

 private:
  friend class Hub;

  std::uint32_t place_ = 0;  // of the topic's feeds
  FeedSet* owner_;
  protocol::ConversationId id_;
  Topic* topic_;  // null once it has left
};

}  // namespace ringtalk::app::chat
