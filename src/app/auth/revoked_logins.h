// RevokedLogins: the logins that ended (logout, or a refresh token used twice) while access tokens
// of theirs may still be good for a while. One a shard, on its thread; whoever ends a login tells
// all shards. Bounded by time: an entry is dropped when the last token of its login has expired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include <tsl/robin_set.h>

#include "app/protocol/ids.h"

namespace ringtalk::app::auth {

class RevokedLogins {
 public:
  /// Until `tokens_expire_at_s` (Unix seconds) tokens of that login are refused. True when this is
  /// news, false for a login that is revoked already.
  bool revoke(protocol::LoginId login, std::int64_t tokens_expire_at_s);

  [[nodiscard]] bool contains(protocol::LoginId login) const { return logins_.contains(login); }

  /// Forgets those whose tokens have all expired; costs nothing when there are none.
  void prune(std::int64_t now_s);

  [[nodiscard]] std::size_t size() const { return logins_.size(); }

 private:
  struct Entry {
    std::int64_t tokens_expire_at_s = 0;
    protocol::LoginId login;
  };

  tsl::robin_set<protocol::LoginId> logins_;
  std::deque<Entry> by_time_;  // all tokens live equally long, so the order of revoking is enough
};

}  // namespace ringtalk::app::auth
