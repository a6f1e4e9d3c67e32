// Authenticator: who is it that brings this token? One a shard, on its thread. Knows the signing
// key and the logins that have ended; asks no database. Problems: `unauthenticated` (no token, none
// of ours, or of a login that has ended) and `token_expired` (fetch a fresh one).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "app/auth/jwt.h"
#include "app/auth/revoked_logins.h"
#include "app/protocol/ids.h"
#include "app/protocol/problem.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"

namespace ringtalk::app::auth {

struct Identity {
  protocol::UserId user_id;
  protocol::LoginId login_id;
  std::int64_t expires_at_s = 0;  // of the token; Unix seconds
};

class Authenticator : reactor::Pinned {
 public:
  Authenticator(reactor::Reactor& reactor, JwtCodec& jwt, RevokedLogins& revoked_logins)
      : reactor_(reactor), jwt_(jwt), revoked_logins_(revoked_logins) {}

  /// The bare text of a JWT.
  [[nodiscard]] protocol::Parsed<Identity> authenticate(std::string_view token);

  /// The value of an `Authorization` header, or that there is none (RFC 6750 §2.1).
  [[nodiscard]] protocol::Parsed<Identity> authenticate_header(
      std::optional<std::string_view> authorization);

 private:
  reactor::Reactor& reactor_;
  JwtCodec& jwt_;
  RevokedLogins& revoked_logins_;
};

/// The token in "Bearer <token>"; the scheme is compared without case. Nothing for anything else.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization);

}  // namespace ringtalk::app::auth
