// ChatLab: one shard's chat rooms over a database in memory and virtual time, without REST and
// without sockets. Listener: a session's feeds on one end of a memory stream, and a client on the
// other that notes each message it is sent. Test code; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/chat/cached_message_store.h"
#include "app/chat/fan_out.h"
#include "app/chat/feed_set.h"
#include "app/chat/hub.h"
#include "app/chat/message_committer.h"
#include "app/chat/receipts.h"
#include "app/chat/routes.h"
#include "app/chat/session_table.h"
#include "app/metrics.h"
#include "app/shard_directory.h"
#include "memory_mark_store.h"
#include "memory_message_store.h"
#include "reactor/memory_stream.h"
#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"
#include "run_task.h"
#include "ws/connection.h"

namespace ringtalk::app::chat::testing {

inline constexpr protocol::ConversationId kRoom{100};
inline constexpr protocol::UserId kAlice{1};
inline constexpr protocol::UserId kBob{2};

/// The value of a member of one of our own messages: a number, or a text without escapes.
std::string member(std::string_view message, std::string_view name);
/// Takes a whole unmasked frame of less than 64 KiB from the front; its payload.
std::string take_frame(std::string_view& bytes);

/// A client id of its own for each number.
protocol::Uuid uuid_of(std::uint8_t number);

struct ChatLab {
  ChatLab();
  ~ChatLab();

  [[nodiscard]] static Draft draft(protocol::UserId sender, std::uint8_t key, std::string content,
                                   protocol::ConversationId room = kRoom) {
    return {.conversation_id = room,
            .sender_id = sender,
            .client_id = uuid_of(key),
            .content = std::move(content)};
  }
  [[nodiscard]] reactor::Result<Committed> commit(Draft draft) {
    return test_support::run(reactor, committer.commit(std::move(draft)));
  }
  /// Begins; the answer is there after some turns.
  void start_commit(Draft draft, std::optional<reactor::Result<Committed>>& answer) {
    scope.spawn(test_support::keep_value(committer.commit(std::move(draft)), answer));
  }
  void settle() { test_support::turn_for(reactor, std::chrono::seconds(2)); }

  reactor::SimClock clock;
  reactor::Reactor reactor{std::make_unique<reactor::SimBackend>(clock), clock};
  MemoryMessageStore store{reactor};
  ShardDirectory directory{1};
  protocol::JsonReader json_reader;
  SessionTable sessions;
  Hub hub{{.reactor = reactor, .sessions = sessions, .directory = directory}};
  BusLink bus_link{{.json_reader = json_reader}};
  CachedMessageStore cached_messages{{.reactor = reactor, .directory = directory, .store = store}};
  Tails tails{{.reactor = reactor, .store = store}};
  Routes routes{{.directory = directory, .link = bus_link, .tails = tails}};
  FanOut fan_out{directory, 0};
  MemoryMarkStore marks{reactor, store};
  Receipts receipts{
      {.reactor = reactor, .directory = directory, .store = marks, .fan_out = fan_out}};
  MessageCommitter committer{reactor, store, fan_out, receipts};
  Metrics metrics;
  const FeedSet::Environment feed_environment{.reactor = reactor,
                                              .hub = hub,
                                              .messages = cached_messages,
                                              .json_reader = json_reader,
                                              .metrics = metrics};
  reactor::TaskScope scope;
};

class Listener final : FeedSet::Owner {
 public:
  Listener(ChatLab& lab, protocol::UserId user, SessionNumber session = kNoSession);
  ~Listener();

  /// Listens to kRoom from `position` on; the head is `head`.
  void start(protocol::Seq position, protocol::Seq head) {
    feeds.add(kRoom);
    feeds.start(kRoom, position, head);
  }
  /// Sends as a session does: the ack is owed from here on.
  void send(std::uint8_t key, std::string content);

  /// The client takes nothing from its socket meanwhile.
  void stop_reading() { reads_ = false; }
  void go_on_reading() { reads_ = true; }
  [[nodiscard]] std::size_t unsent_bytes() const { return connection_.unsent_bytes(); }

  /// What has come of the logs, in short: "event 1 hello", "ack 2", "ack 2 duplicate".
  [[nodiscard]] std::vector<std::string> heard();
  /// What has come besides: "receipt 2: 4 3" is of user 2, delivered 4, read 3; "typing 2 true".
  [[nodiscard]] std::vector<std::string> heard_in_passing();
  std::vector<protocol::ConversationId> left;  // what the log has said to have been left

 private:
  void ceased_to_be_member(protocol::ConversationId id) override {
    left.push_back(id);
    feeds.remove(id);
  }
  reactor::Task<void> send_story(Draft draft, FeedSet::SendNumber number);
  reactor::Task<void> hear();
  reactor::Task<void> end();
  [[nodiscard]] std::vector<std::string> messages() const;

  ChatLab& lab_;
  const protocol::UserId user_;
  const SessionNumber session_;
  reactor::MemoryPair pair_;
  const ws::ConnectionOptions options_{.heartbeat = {}};
  ws::Connection connection_;
  std::string bytes_;
  bool reads_ = true;
  reactor::TaskScope scope_;

 public:
  FeedSet feeds;
};

}  // namespace ringtalk::app::chat::testing
