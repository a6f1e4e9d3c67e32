// Routes: for the conversations that this shard owns, which shards of the instance have listeners.
// What was committed here goes to those and to the other instances; what those have committed is
// heard while anybody listens. One per shard, its thread; the hubs tell it who listens by letters
// that can't get lost, what it sends them may.
//
// A shard that begins to listen may have missed what was committed while its letter was on the way,
// and the bus is heard only from a moment on: so the head is compared with the database once
// afterwards (HeadWatch).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/bus_link.h"
#include "app/chat/passing.h"
#include "app/chat/published.h"
#include "app/chat/tails.h"
#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "db/rows.h"
#include "reactor/pinned.h"

namespace ringtalk::app::chat {

class Routes final : reactor::Pinned, BusLink::Receiver {
 public:
  class Observer {
   public:
    /// There is something in take_unchecked(), or the bus was lost.
    virtual void wants_checks() = 0;

   protected:
    ~Observer() = default;
  };

  struct Environment {
    ShardDirectory& directory;
    std::size_t shard = 0;  // this one
    BusLink& link;
    Tails& tails;
  };
  explicit Routes(const Environment& environment) : environment_(environment) {}

  void open() { environment_.link.open(*this); }

  /// At most one; null: nobody.
  void observe(Observer* observer) { observer_ = observer; }

  // By letter, from the hub of `shard`:
  void listen(protocol::ConversationId id, std::size_t shard);
  void unlisten(protocol::ConversationId id, std::size_t shard);

  /// To the shards that listen, the other instances and the cached tail; who joins or leaves is
  /// told wherever he is.
  void deliver(const PublishedPtr& published);
  /// The same; lost where a mailbox is full.
  void pass_on(const PassingPtr& passing);
  /// These logs are known to reach these heads: who is behind fetches what is missing.
  void raise_heads(const std::vector<db::HeadRow>& heads);

  /// Whose heads are to be compared soon: somebody began to listen, or a letter was lost. They
  /// count as compared from here on: give back with uncheck() what could not be.
  [[nodiscard]] std::vector<std::int64_t> take_unchecked();
  void uncheck(protocol::ConversationId id);
  /// Of all that is listened to, in no order.
  [[nodiscard]] std::vector<std::int64_t> conversation_ids() const;

  /// There are other instances, and they can't be heard.
  [[nodiscard]] bool is_bus_away() const { return environment_.link.is_away(); }

  [[nodiscard]] std::size_t size() const { return routes_.size(); }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t letters_lost() const { return letters_lost_; }
  [[nodiscard]] std::uint64_t passing_letters_lost() const { return passing_letters_lost_; }

 private:
  struct Route {
    protocol::Seq head = 0;  // the highest that was delivered or found
    std::vector<std::size_t> shards;
    bool is_unchecked = false;  // stands in unchecked_
  };

  void heard_event(const PublishedPtr& published) override { deliver_here(published); }
  void heard_passing(const PassingPtr& passing) override { pass_on_here(passing); }
  void heard_notice(const PublishedPtr& published) override { tell_members(published); }
  void hears(protocol::ConversationId id) override { uncheck(id); }
  void lost_bus() override;
  void missed_something() override;

  void deliver_here(const PublishedPtr& published);
  void pass_on_here(const PassingPtr& passing);
  void tell_members(const PublishedPtr& published);

  template <class Visit>
  [[nodiscard]] bool reach(std::size_t shard, Visit visit) {
    return environment_.directory.reach(environment_.shard, shard, std::move(visit));
  }

  const Environment environment_;
  Observer* observer_ = nullptr;
  tsl::robin_map<protocol::ConversationId, Route> routes_;
  std::vector<std::int64_t> unchecked_;
  std::uint64_t delivered_ = 0;
  std::uint64_t letters_lost_ = 0;
  std::uint64_t passing_letters_lost_ = 0;
};

}  // namespace ringtalk::app::chat
