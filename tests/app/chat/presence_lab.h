// PresenceLab: instances of two shards each, in virtual time, over one bus and one store in memory.
// WatchingSession: a session's watch list on one end of a memory stream, and a client on the other
// that notes what it is told. Test code; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/chat/bus_link.h"
#include "app/chat/presence_rooms.h"
#include "app/chat/watch_list.h"
#include "app/metrics.h"
#include "app/shard_directory.h"
#include "cache/memory_bus.h"
#include "cache/memory_presence_store.h"
#include "memory_last_seen_store.h"
#include "reactor/memory_stream.h"
#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"
#include "run_task.h"
#include "ws/connection.h"

namespace ringtalk::app::chat::testing {

using namespace std::chrono_literals;

inline constexpr protocol::UserId kAnn{11};
inline constexpr protocol::UserId kBen{12};
inline constexpr protocol::UserId kCid{13};

struct PresenceLab {
  PresenceLab() = default;

  void turn(reactor::Duration span) { test_support::turn_for(reactor, span); }
  /// Everything but what waits for seconds.
  void settle() { turn(50ms); }
  [[nodiscard]] std::int64_t now_ms() { return reactor.unix_milliseconds(); }

  reactor::SimClock clock;
  reactor::Reactor reactor{std::make_unique<reactor::SimBackend>(clock), clock};
  cache::MemoryBusHub hub{reactor, 1};
  cache::MemoryPresence memory{reactor};
  MemoryLastSeenStore last_seen{reactor};
  protocol::JsonReader json_reader;
};

class PresenceInstance {
 public:
  enum class Company : std::uint8_t { kOthers, kAlone };  // alone: without a bus and a store

  PresenceInstance(PresenceLab& lab, InstanceId number, Company company = Company::kOthers);
  ~PresenceInstance();

  void connect(protocol::UserId user, std::size_t shard = 0) {
    shards_[shard]->rooms.online_users.connected(user);
  }
  void disconnect(protocol::UserId user, std::size_t shard = 0) {
    shards_[shard]->rooms.online_users.disconnected(user);
  }
  [[nodiscard]] bool is_online(protocol::UserId user, std::size_t shard = 0) {
    return test_support::run(lab_.reactor, shards_[shard]->rooms.presence.is_online(user));
  }
  [[nodiscard]] Watchers& watchers(std::size_t shard) { return shards_[shard]->rooms.watchers; }
  [[nodiscard]] PresenceRooms& rooms(std::size_t shard) { return shards_[shard]->rooms; }
  /// Watched users at their owners.
  [[nodiscard]] std::size_t watched() const;
  [[nodiscard]] std::size_t rounds() const;

  /// The connections to Redis break, and are made again.
  void lose_redis();
  void find_redis();
  /// As by SIGKILL: nothing of it is heard any more, and it cleans up nothing.
  void kill() { lose_redis(); }
  /// As by SIGTERM.
  void end();

 private:
  /// Conversations are not what is tested here.
  struct Deaf final : BusLink::Receiver {
    void heard_event(const PublishedPtr&) override {}
    void heard_passing(const PassingPtr&) override {}
    void heard_notice(const PublishedPtr&) override {}
    void hears(protocol::ConversationId) override {}
    void lost_bus() override {}
    void missed_something() override {}
  };
  struct Shard {
    Shard(PresenceInstance& instance, InstanceId number, std::size_t index, Company company);
    cache::MemoryBus bus;
    cache::MemoryPresenceStore store;
    BusLink link;
    PresenceRooms rooms;
    Deaf deaf;
  };

  PresenceLab& lab_;
  ShardDirectory directory_{2};
  std::array<std::unique_ptr<Shard>, 2> shards_;
  bool has_ended_ = false;
};

class WatchingSession {
 public:
  WatchingSession(PresenceLab& lab, Watchers& watchers);
  ~WatchingSession();

  void watch(const std::vector<protocol::UserId>& users) { list.replace(users); }
  /// What it was told since the last call, in its order: "11 online", "12 offline", and with
  /// lastSeenAt: "12 offline 2026-…".
  [[nodiscard]] std::vector<std::string> told();

  void stop_reading() { reads_ = false; }
  void go_on_reading() { reads_ = true; }
  /// Something else that waits for the socket.
  void send(std::size_t bytes) { connection_.send_text(std::string(bytes, 'x')); }
  [[nodiscard]] std::size_t unsent_bytes() const { return connection_.unsent_bytes(); }

  Metrics metrics;

 private:
  reactor::Task<void> hear();
  reactor::Task<void> end();

  PresenceLab& lab_;
  reactor::MemoryPair pair_;
  const ws::ConnectionOptions options_{.heartbeat = {}, .unsent_bytes_max = 64 * 1024 * 1024};
  ws::Connection connection_;
  std::string bytes_;
  bool reads_ = true;
  reactor::TaskScope scope_;

 public:
  WatchList list;
};

}  // namespace ringtalk::app::chat::testing
