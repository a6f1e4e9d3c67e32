// SessionTable: the WebSocket sessions of this shard, found by user and by login. One per shard,
// its thread. Sessions enter when they start and leave before they end; visits must not do either.
#pragma once

#include <cstddef>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/passing.h"
#include "app/protocol/ids.h"
#include "reactor/pinned.h"

namespace ringtalk::app::chat {

class Session;

class SessionTable : reactor::Pinned {
 public:
  explicit SessionTable(std::size_t shard = 0) : last_number_(SessionNumber{shard} << 48U) {}

  /// For a new session; no other one of this instance has it.
  [[nodiscard]] SessionNumber next_number() { return ++last_number_; }

  void enter(Session& session);
  void leave(Session& session);

  template <class Visit>
  void each_of_user(protocol::UserId user, Visit visit) const {
    const auto found = by_user_.find(user);
    if (found == by_user_.end()) return;
    for (Session* session : found->second) visit(*session);
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [user, sessions] : by_user_) {
      for (Session* session : sessions) visit(*session);
    }
  }

  /// Of all that have a session here, in no order.
  [[nodiscard]] std::vector<std::int64_t> user_ids() const;

  /// Closes the sessions of a login that has ended (4001).
  void close_login(protocol::LoginId login) const;

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  tsl::robin_map<protocol::UserId, std::vector<Session*>> by_user_;
  std::size_t size_ = 0;
  SessionNumber last_number_;
};

}  // namespace ringtalk::app::chat
