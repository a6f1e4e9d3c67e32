// Session: an authenticated client on one WebSocket (CONTRACT §3): says `ready`, obeys commands,
// passes events on through its feeds. Lives as long as its connection, in the client connection
// that owns the stream; the shard's thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/authenticator.h"
#include "app/chat/feed_set.h"
#include "app/chat/member_watch.h"
#include "app/chat/message_sender.h"
#include "app/chat/online_users.h"
#include "app/chat/receipts.h"
#include "app/chat/session_table.h"
#include "app/chat/typing_throttle.h"
#include "app/chat/watch_list.h"
#include "app/protocol/command_parser.h"
#include "app/protocol/event_writer.h"
#include "app/rate_limiter.h"
#include "db/conversation_store.h"
#include "db/user_store.h"
#include "reactor/log.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "ws/connection.h"

namespace ringtalk::app::chat {

class Session final : reactor::Pinned, FeedSet::Owner {
 public:
  struct Environment {
    FeedSet::Environment feeds;
    db::UserStore& users;
    db::ConversationStore& conversations;
    MessageSender& sender;
    FanOut& fan_out;
    Receipts& receipts;
    OnlineUsers& online_users;
    Watchers& watchers;
    SessionTable& sessions;
    auth::Authenticator& authenticator;
    RateLimiter& rate_limiter;
    reactor::Log& log;
    const std::string& epoch;
    std::chrono::seconds heartbeat;
  };

  /// `only`: the one conversation of a `/ws/{conversationId}` connection, of which the user was
  /// found to be a member.
  Session(const Environment& environment, ws::Connection& connection,
          const auth::Identity& identity, std::optional<protocol::ConversationId> only);

  /// From `ready` to the end of the connection.
  [[nodiscard]] reactor::Task<void> run();

  // From the hub and the session table; none of these suspends or ends the session at once.
  void became_member(protocol::ConversationId id);
  void ceased_to_be_member(protocol::ConversationId id) override;
  /// The database says so; he may have come again, and it may be known: asks, and tells if need be.
  void may_have_left(protocol::ConversationId id);
  /// What the database knows of the user's conversations: looks closer when it differs.
  void compare_memberships(const db::MembershipSum& sum);
  void login_ended();
  /// `bye`, then 1012.
  void drain(std::int64_t reconnect_after_ms);

  [[nodiscard]] protocol::UserId user_id() const { return identity_.user_id; }
  [[nodiscard]] protocol::LoginId login_id() const { return identity_.login_id; }

 private:
  [[nodiscard]] reactor::Task<bool> start();
  [[nodiscard]] reactor::Task<reactor::Result<db::HeadPage>> read_heads();
  void write_ready(const db::UserRow& user, const db::HeadPage& heads);

  [[nodiscard]] reactor::Task<void> obey_text(const ws::Message& message);
  [[nodiscard]] reactor::Task<void> obey(protocol::Command command);
  [[nodiscard]] reactor::Task<void> obey_later(protocol::Command command);
  void start_send(protocol::SendCommand send, protocol::Ref ref);
  [[nodiscard]] reactor::Task<void> send(Draft draft, FeedSet::SendNumber number);
  [[nodiscard]] reactor::Task<std::optional<protocol::Problem>> check_rate();
  [[nodiscard]] reactor::Task<void> sync(protocol::SyncCommand sync, protocol::Ref ref);
  [[nodiscard]] bool write_batch(const protocol::SyncCommand& wanted, const db::EventPage& page,
                                 const protocol::Ref& ref);
  [[nodiscard]] reactor::Task<std::optional<protocol::Problem>> refuse_stranger(
      protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> raise_marks(db::MarkRequest request, protocol::Ref ref);
  [[nodiscard]] reactor::Task<bool> note_marks(db::MarkRequest request);
  [[nodiscard]] reactor::Task<void> type(protocol::TypingCommand typing, protocol::Ref ref);
  [[nodiscard]] WatchList& watch_list();
  void watch(const protocol::WatchCommand& watch);
  void renew(const protocol::AuthCommand& auth, const protocol::Ref& ref);
  [[nodiscard]] reactor::Task<void> greet(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> come_back(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<void> reread_memberships();
  [[nodiscard]] reactor::Task<void> find_out_membership(protocol::ConversationId id);
  [[nodiscard]] reactor::Task<bool> leave_unless_member(protocol::ConversationId id);
  [[nodiscard]] bool has_news_of_leaving(protocol::ConversationId id) const;
  void note_removal(protocol::ConversationId id);

  void passes_on(const protocol::EventView& event) override;
  void write_error(const protocol::Problem& problem, const protocol::Ref& ref);
  void watch_expiry();
  [[nodiscard]] bool covers(protocol::ConversationId id) const { return !only_ || *only_ == id; }

  class ExpiryTimer final : public reactor::Timer {
   public:
    explicit ExpiryTimer(Session& session) : session_(session) {}

   private:
    void expired() override;
    Session& session_;
  };

  const Environment& environment_;
  ws::Connection& connection_;
  auth::Identity identity_;
  const std::optional<protocol::ConversationId> only_;
  const SessionNumber number_;
  FeedSet feeds_;
  TypingThrottle typing_throttle_;
  std::unique_ptr<WatchList> watch_list_;      // of who has watched somebody
  std::unique_ptr<MemberWatch> member_watch_;  // of a `/ws/{conversationId}` connection
  ExpiryTimer expiry_timer_;
  std::size_t sends_in_flight_ = 0;
  std::coroutine_handle<> waits_for_send_;
  std::vector<protocol::ConversationId> joined_before_ready_;
  bool is_ready_ = false;  // `ready` was said; it is the first word on every connection
  bool is_rereading_ = false;
  bool is_ending_ = false;
  bool has_more_ = false;                          // conversations that it does not listen to
  std::vector<protocol::ConversationId> removed_;  // told so lately, while has_more_; oldest first
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
