// BusLink: this shard's end of the bus between instances. It subscribes to the conversations and
// users that the shard owns and somebody here needs, writes and reads the letters, and drops what
// is our own. One per shard, its thread; the bus is the Shard's. Without a bus there is one
// instance alone, and nothing to do.
//
// Events go to the channel of their conversation. Whom they make a member, or no longer one, is
// told by the user's own channel too: his instance may not listen to that conversation yet.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/chat/bus_letter.h"
#include "app/chat/presence_letter.h"
#include "app/protocol/json_reader.h"
#include "cache/bus.h"
#include "reactor/pinned.h"
#include "reactor/task.h"

namespace ringtalk::app::chat {

struct BusLinkFigures {
  std::uint64_t published = 0;
  std::uint64_t publishes_lost = 0;  // known to be: the bus was away
  std::uint64_t heard = 0;           // letters of other instances
  std::uint64_t unread = 0;          // letters that were none
};

class BusLink final : reactor::Pinned, cache::Bus::Listener {
 public:
  class Receiver {
   public:
    virtual void heard_event(const PublishedPtr& published) = 0;
    virtual void heard_passing(const PassingPtr& passing) = 0;
    /// Users became members, or one ceased to be: some of them may be here.
    virtual void heard_notice(const PublishedPtr& published) = 0;
    /// From now on its events are heard: what was committed before may not have been.
    virtual void hears(protocol::ConversationId id) = 0;
    /// Nothing is heard until hears() comes again.
    virtual void lost_bus() = 0;
    /// Others have lost what they wanted to tell, of whatever it may have been.
    virtual void missed_something() = 0;

   protected:
    ~Receiver() = default;
  };
  class PresenceReceiver {
   public:
    virtual void heard_presence(const PresenceLetter& letter) = 0;
    /// From now on its letters are heard: what was told before may not have been.
    virtual void hears_presence(protocol::UserId user) = 0;
    /// Nothing is heard until hears_presence() comes again.
    virtual void lost_presence() = 0;

   protected:
    ~PresenceReceiver() = default;
  };
  struct Environment {
    cache::Bus* bus = nullptr;  // null: one instance alone
    InstanceId instance = 0;
    protocol::JsonReader& json_reader;
  };
  explicit BusLink(const Environment& environment) : environment_(environment) {}

  /// At most one, before open().
  void receive_presence(PresenceReceiver& receiver) { presence_receiver_ = &receiver; }
  void open(Receiver& receiver);
  /// After it nothing is heard and nothing published.
  [[nodiscard]] reactor::Task<void> close();

  [[nodiscard]] bool has_bus() const { return environment_.bus != nullptr; }
  /// There are other instances, and they can't be heard.
  [[nodiscard]] bool is_away() const { return has_bus() && !environment_.bus->is_available(); }

  /// How often something may have been missed so far: the bus was lost, or others lost news.
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

  void listen(protocol::ConversationId id);
  void unlisten(protocol::ConversationId id);
  void listen(protocol::UserId id);
  void unlisten(protocol::UserId id);
  void listen_presence(protocol::UserId id);
  void unlisten_presence(protocol::UserId id);

  void publish(const Published& published);
  void publish(const Passing& passing);
  void publish(const PresenceLetter& letter);

  [[nodiscard]] const BusLinkFigures& figures() const { return figures_; }

 private:
  void heard(std::string_view channel, std::string_view payload) override;
  void subscribed(std::string_view channel) override;
  void lost() override;
  void lost_publishes() override;
  void heard_presence(std::string_view payload);

  void send(std::string channel, std::string payload);

  const Environment environment_;
  Receiver* receiver_ = nullptr;
  std::uint64_t misses_ = 0;
  PresenceReceiver* presence_receiver_ = nullptr;
  BusLinkFigures figures_;
};

}  // namespace ringtalk::app::chat
