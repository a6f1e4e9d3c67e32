// FeedSet: all logs that one session listens to, and the acks that it still owes. It keeps promise
// 2 of the contract (each log in order, without a hole) and promise 3 (on the sending connection
// the ack takes the place of the event). Member of its session; the shard's thread.
//
// At most one page is being fetched at a time per session, whatever is behind: a client that was
// away for long does not crowd out the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/chat/feed.h"
#include "app/chat/hub.h"
#include "app/chat/message_committer.h"
#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/protocol/event_writer.h"
#include "app/protocol/json_reader.h"
#include "db/message_store.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "ws/connection.h"

namespace ringtalk::app {
class Metrics;
}

namespace ringtalk::app::chat {

class FeedSet : reactor::Pinned {
 public:
  /// Whose feeds they are.
  class Owner {
   public:
    /// The log says that the user has left: in place of the event. Not from within a call of the
    /// hub; the feed may be removed at once.
    virtual void ceased_to_be_member(protocol::ConversationId id) = 0;
    /// Another event, which is no message, is about to be sent.
    virtual void passes_on(const protocol::EventView& /*event*/) {}

   protected:
    ~Owner() = default;
  };
  struct Environment {
    reactor::Reactor& reactor;
    Hub& hub;
    db::MessageStore& messages;
    protocol::JsonReader& json_reader;
    Metrics& metrics;
  };
  struct Listener {
    protocol::UserId user;
    SessionNumber session = 0;
  };
  FeedSet(const Environment& environment, ws::Connection& connection, Owner& owner,
          const Listener& listener);

  /// Begins to listen; nothing is sent before start(). False when it listens already.
  bool add(protocol::ConversationId id);
  /// To all of these.
  void add_all(std::vector<protocol::ConversationId> ids);
  /// All up to `position` is known to the client. Sends what lies behind it, up to 200 events;
  /// where more wait, the log is held until synced() has brought the position to the head.
  void start(protocol::ConversationId id, protocol::Seq position, protocol::Seq head);
  void remove(protocol::ConversationId id);
  [[nodiscard]] bool contains(protocol::ConversationId id) const { return find(id) != nullptr; }
  /// How often a log was added: who has waited knows by it whether one may have been added again.
  [[nodiscard]] std::uint64_t additions() const { return additions_; }
  /// Added, but not started yet.
  [[nodiscard]] bool is_starting(protocol::ConversationId id) const;
  /// How far a log that it listens to is known to reach.
  [[nodiscard]] std::optional<protocol::Seq> head_of(protocol::ConversationId id) const;
  [[nodiscard]] std::size_t size() const { return feeds_.size(); }
  /// Of all that it listens to, in ascending order.
  [[nodiscard]] std::vector<protocol::ConversationId> conversation_ids() const;

  [[nodiscard]] Hub& hub() { return environment_.hub; }
  /// From a feed: the hub has events for it.
  void offered(Feed& feed, const Round& round);
  /// From a feed: dropped when the log has not started, or the peer has enough to read.
  void pass_on(const Feed& feed, const Passing& passing);
  /// From a feed: its log reaches further than was known. False when it is not behind, or not live.
  bool fell_behind(Feed& feed);

  /// By this event of a log that it listens to the user has left: neither it nor what lies behind
  /// it is for him. False for a leaving of old, from before he came again.
  [[nodiscard]] bool is_leaving(protocol::ConversationId id,
                                const protocol::EventView& event) const;
  /// A `batch` that begins behind `after` and ends with `last` was sent; `head` is the log's.
  void synced(protocol::ConversationId id, protocol::Seq after, protocol::Seq last,
              protocol::Seq head);

  // Own sends: expect() before the draft goes to the committer, then one of the other two.
  using SendNumber = std::uint64_t;
  SendNumber expect(protocol::ConversationId id, protocol::Uuid client_id, protocol::Ref ref);
  void committed(SendNumber number, const Committed& committed);
  /// The send failed: no ack is owed. Returns the ref, for the error.
  protocol::Ref forget(SendNumber number);

  /// Sends nothing more, and waits until nothing is being fetched.
  void stop() { is_stopping_ = true; }
  [[nodiscard]] reactor::TaskScope::JoinAwaiter join() { return scope_.join(); }

 private:
  struct OwnSend {
    SendNumber number = 0;
    protocol::ConversationId conversation_id;
    protocol::Uuid client_id;
    protocol::Ref ref;
    std::optional<Committed> committed;  // known, but the ack's turn has not come
  };
  /// What tells an own message from the others.
  struct OwnKey {
    protocol::ConversationId conversation_id;
    protocol::UserId sender_id;
    std::optional<protocol::Uuid> client_id;
    protocol::Seq seq = 0;
    std::int64_t timestamp_ms = 0;
  };

  using Feeds = std::vector<Feed>;
  /// Where it stands, or would stand.
  [[nodiscard]] Feeds::const_iterator place_of(protocol::ConversationId id) const;
  [[nodiscard]] const Feed* find(protocol::ConversationId id) const;
  [[nodiscard]] Feed* find(protocol::ConversationId id);
  [[nodiscard]] bool is_own_leaving(const protocol::EventView& event) const;
  void emit(Feed& feed, const Published& published);
  void emit_from_tail(protocol::ConversationId id);
  void emit_row(Feed& feed, const db::EventRow& row, const protocol::EventView& event);
  [[nodiscard]] bool emit_ack_for(const OwnKey& key);
  void ack_what_was_passed(const Feed& feed);
  void write_ack(const OwnSend& send, const Committed& committed);

  // A feed may be moved or removed by what it sends, and whenever its filling waits: it is looked
  // up by its id each time.
  void fill(Feed& feed);
  void stand_in_line(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> fill_all();
  [[nodiscard]] reactor::Task<void> fill_some(protocol::ConversationId id);
  void fill_from_tail(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<bool> fetch_page(protocol::ConversationId id);
  void filled(Feed& feed);
  /// Null when nothing more can be sent now: it is at its end, or was removed, or the peer has
  /// enough to read.
  [[nodiscard]] Feed* find_unpaused(protocol::ConversationId id);

  const Environment& environment_;
  ws::Connection& connection_;
  Owner& owner_;
  const protocol::UserId user_;
  const SessionNumber session_;
  // By id: most people are in some ten conversations, and there are 1,000 at the most.
  Feeds feeds_;
  std::vector<protocol::ConversationId> behind_;  // in line to be filled, the next one first
  std::vector<OwnSend> own_sends_;
  SendNumber last_number_ = 0;
  std::uint64_t additions_ = 0;
  bool is_filling_ = false;
  bool is_stopping_ = false;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
