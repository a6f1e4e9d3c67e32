// SimShard: one shard's chat rooms, put together as in app/shard.cc, over a simulated database, bus
// and clients. Owned by its SimInstance; its seat's reactor is its thread. Rate limits are off, and
// there are no cached tails: those are Redis' own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/auth/authenticator.h"
#include "app/chat/bus_link.h"
#include "app/chat/cached_message_store.h"
#include "app/chat/departures_watch.h"
#include "app/chat/fan_out.h"
#include "app/chat/head_watch.h"
#include "app/chat/hub.h"
#include "app/chat/membership_watch.h"
#include "app/chat/message_committer.h"
#include "app/chat/message_sender.h"
#include "app/chat/presence_rooms.h"
#include "app/chat/receipts.h"
#include "app/chat/routes.h"
#include "app/chat/session.h"
#include "app/chat/session_table.h"
#include "app/chat/tails.h"
#include "app/metrics.h"
#include "app/rate_limiter.h"
#include "app/shard_directory.h"
#include "database_link.h"
#include "memory_last_seen_store.h"
#include "reactor/task_scope.h"
#include "seat.h"
#include "sim_bus.h"
#include "sim_conversation_store.h"
#include "sim_environment.h"
#include "sim_socket.h"
#include "sim_stores.h"

namespace ringtalk::sim {

class SimShard : reactor::Pinned {
 public:
  struct Place {
    app::ShardDirectory& directory;
    app::chat::InstanceId instance = 0;
    std::size_t index = 0;
  };
  SimShard(SimEnvironment& environment, const Place& place);

  [[nodiscard]] app::ShardPort port();
  [[nodiscard]] Seat& seat() { return seat_; }
  void open();
  /// "2.1": of which instance it is which shard.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// A client has connected; false while it drains.
  [[nodiscard]] bool accept(const std::shared_ptr<SimSocket>& socket);

  // Of the work that REST does, for actors: on this shard's turn.
  [[nodiscard]] db::ConversationStore& conversations() { return conversations_; }
  [[nodiscard]] app::chat::FanOut& fan_out() { return fan_out_; }
  [[nodiscard]] app::chat::MessageSender& sender() { return sender_; }
  [[nodiscard]] app::chat::Receipts& receipts() { return receipts_; }
  [[nodiscard]] app::protocol::JsonReader& json_reader() { return json_reader_; }
  /// Joined before the shard ends.
  [[nodiscard]] reactor::TaskScope& client_scope() { return client_scope_; }

  [[nodiscard]] SimBus* bus() { return bus_.get(); }

  /// As a kill: from here on nothing of it is visible. It is to be closed all the same.
  void die();
  void abort_sockets();
  // By letter, in this order; as app::Shard.
  void drain();
  void finish();
  [[nodiscard]] bool is_draining() const { return is_draining_; }
  [[nodiscard]] bool is_dead() const { return is_dead_; }
  [[nodiscard]] bool is_quiet() const { return is_quiet_; }
  [[nodiscard]] bool is_finished() const { return is_finished_; }

 private:
  [[nodiscard]] app::chat::Session::Environment session_environment();
  [[nodiscard]] reactor::Task<void> serve(std::shared_ptr<SimSocket> socket);
  [[nodiscard]] reactor::Task<void> run_client(std::shared_ptr<SimSocket> socket);
  [[nodiscard]] reactor::Task<void> serve_session(std::shared_ptr<SimSocket> socket);
  [[nodiscard]] reactor::Task<void> drain_story();
  [[nodiscard]] reactor::Task<void> finish_story();

  SimEnvironment& environment_;
  const std::string name_;
  Seat seat_;
  reactor::Reactor& reactor_;
  app::Metrics metrics_;
  app::protocol::JsonReader json_reader_;

  DatabaseLink database_;
  SimUserStore users_;
  SimConversationStore conversations_;
  SimMessageStore messages_;
  SimMarkStore marks_;

  std::unique_ptr<SimBus> bus_;  // null: this instance is alone
  app::chat::BusLink bus_link_;
  app::chat::Tails tails_;
  app::chat::CachedMessageStore cached_messages_;

  app::chat::SessionTable sessions_;
  app::chat::Hub hub_;
  app::chat::Routes routes_;
  app::chat::FanOut fan_out_;
  app::chat::Receipts receipts_;
  app::chat::MessageCommitter committer_;
  app::chat::MessageSender sender_;
  app::chat::HeadWatch head_watch_;
  app::chat::MembershipWatch membership_watch_;
  std::optional<app::chat::DeparturesWatch> departures_;  // of the first shard
  app::chat::testing::MemoryLastSeenStore last_seen_;
  app::chat::PresenceRooms presence_;

  app::auth::RevokedLogins revoked_logins_;
  app::auth::JwtCodec jwt_;
  app::auth::Authenticator authenticator_;
  app::RateLimiter rate_limiter_;
  const std::string epoch_ = "simulated";
  const app::chat::Session::Environment session_environment_;
  const ws::ConnectionOptions socket_options_;

  std::vector<std::shared_ptr<SimSocket>> sockets_;
  bool is_dead_ = false;
  bool is_draining_ = false;
  bool is_quiet_ = false;
  bool is_finished_ = false;
  reactor::TaskScope client_scope_;
  reactor::TaskScope peer_scope_;  // what other shards asked for
  reactor::TaskScope life_;
};

}  // namespace ringtalk::sim
