#include "app/auth/authenticator.h"

#include <algorithm>
#include <string>

namespace ringtalk::app::auth {

namespace {

using protocol::ErrorCode;
using protocol::Problem;

std::unexpected<Problem> unauthenticated(std::string_view detail) {
  return std::unexpected(
      Problem{.code = ErrorCode::kUnauthenticated, .detail = std::string(detail)});
}

}  // namespace

protocol::Parsed<Identity> Authenticator::authenticate(std::string_view token) {
  const std::int64_t now_s = reactor_.unix_milliseconds() / 1000;
  revoked_logins_.prune(now_s);
  const auto claims = jwt_.verify(token, now_s);
  if (!claims) {
    if (claims.error() == JwtError::kExpired) {
      return std::unexpected(Problem{.code = ErrorCode::kTokenExpired});
    }
    return unauthenticated("the token is not one of ours");
  }
  if (revoked_logins_.contains(claims->login_id)) {
    return unauthenticated("this login has ended");
  }
  return Identity{.user_id = claims->user_id,
                  .login_id = claims->login_id,
                  .expires_at_s = claims->expires_at_s};
}

protocol::Parsed<Identity> Authenticator::authenticate_header(
    std::optional<std::string_view> authorization) {
  if (!authorization) return unauthenticated({});
  const auto token = bearer_token(*authorization);
  if (!token) return unauthenticated("the Authorization header must be \"Bearer <token>\"");
  return authenticate(*token);
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const auto to_lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  if (!std::ranges::equal(authorization.substr(0, kScheme.size()), kScheme, {}, to_lower)) {
    return std::nullopt;
  }
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  if (authorization.empty()) return std::nullopt;
  return authorization;
}

}  // namespace ringtalk::app::auth
