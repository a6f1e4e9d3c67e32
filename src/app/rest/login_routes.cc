#include "app/rest/login_routes.h"

#include <chrono>
#include <utility>

#include "app/auth/secrets.h"
#include "app/chat/view_rows.h"
#include "app/protocol/request_bodies.h"
#include "app/protocol/text_rules.h"
#include "app/protocol/view_writer.h"
#include "app/rest/end_login.h"
#include "app/rest/failures.h"
#include "app/rest/fresh_id.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

namespace {

using protocol::ErrorCode;
using reactor::Result;
using reactor::Task;

constexpr RouteRules kEntryRules{
    .access = Access::kPublic, .body = Body::kJson, .rate_limit = RateLimit::kByAddress};
constexpr RouteRules kRefreshRules{
    .access = Access::kPublic, .body = Body::kJson, .rate_limit = RateLimit::kNone};

}  // namespace

LoginRoutes::LoginRoutes(const Services& services)
    : services_(services),
      passwords_(services.reactor, services.workers, services.password_hasher) {}

void LoginRoutes::add_to(Routes& routes) {
  using http::Method;
  routes.add(Method::kPost, "/v1/users/register", Handler::of<&LoginRoutes::register_user>(*this),
             kEntryRules);
  routes.add(Method::kPost, "/v1/users/login", Handler::of<&LoginRoutes::log_in>(*this),
             kEntryRules);
  routes.add(Method::kPost, "/v1/users/refresh", Handler::of<&LoginRoutes::refresh>(*this),
             kRefreshRules);
  routes.add(Method::kPost, "/v1/users/logout", Handler::of<&LoginRoutes::log_out>(*this),
             kJsonRules);
}

// --- register ---

Task<Answer> LoginRoutes::register_user(Call& call) {
  auto body = protocol::parse_register(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(std::move(body.error()));
  auto hash = co_await passwords_.hash(std::move(body->password));
  if (!hash) co_return failure(services_.log, call, hash.error());

  db::UserRow user{.name = body->name, .email = body->email, .created_at_ms = now_ms()};
  for (int attempt = 0; attempt < kIdAttemptsMax; ++attempt) {
    user.id = fresh_id(user.created_at_ms);
    const auto outcome =
        co_await services_.users.create({.id = user.id,
                                         .name = user.name,
                                         .email = user.email,
                                         .email_folded = protocol::fold_email(user.email),
                                         .password_hash = *hash,
                                         .created_at_ms = user.created_at_ms});
    if (!outcome) co_return failure(services_.log, call, outcome.error());
    if (*outcome == db::CreateUserOutcome::kEmailTaken) co_return refusal(ErrorCode::kEmailTaken);
    if (*outcome == db::CreateUserOutcome::kIdTaken) continue;
    std::string json;
    protocol::append_user(json, chat::user_view(user, {.is_own = true}));
    co_return created_response("/v1/users/" + std::to_string(user.id), std::move(json));
  }
  co_return internal_failure(services_.log, call, "no free id for a user");
}

// --- login ---

// An address that nobody has costs a hash too, and gets the same words.
Task<Answer> LoginRoutes::log_in(Call& call) {
  auto body = protocol::parse_login(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(std::move(body.error()));
  auto found = co_await services_.users.find_credentials(protocol::fold_email(body->email));
  if (!found) co_return failure(services_.log, call, found.error());

  std::optional<std::string> hash;
  if (*found) hash = (*found)->password_hash;
  auto verdict = co_await passwords_.check(std::move(body->password), std::move(hash));
  if (!verdict) co_return failure(services_.log, call, verdict.error());
  if (!verdict->is_right) co_return refusal(ErrorCode::kInvalidCredentials);

  db::UserRow user = std::move((*found)->user);
  if (verdict->better_hash) {
    // Should it fail, the next login tries again.
    (void)co_await services_.users.set_password_hash(user.id, std::move(*verdict->better_hash));
  }
  co_return co_await begin_login(call, std::move(user));
}

Task<Answer> LoginRoutes::begin_login(Call& call, db::UserRow user) {
  auth::RefreshToken token = auth::make_refresh_token();
  const std::int64_t now = now_ms();
  const protocol::LoginId login{fresh_id(now)};
  const auto issued = co_await services_.tokens.issue(
      {.family_id = login.value,
       .user_id = user.id,
       .token_hash = token.hash,
       .created_at_ms = now,
       .expires_at_ms = now + services_.options.refresh_lifetime.count()});
  if (!issued) co_return failure(services_.log, call, issued.error());
  co_return co_await login_response(std::move(user), login, std::move(token.text));
}

Task<http::Response> LoginRoutes::login_response(db::UserRow user, protocol::LoginId login,
                                                 std::string refresh_token) {
  const bool is_online = co_await services_.presence.is_online({user.id});
  const protocol::UserView view = chat::user_view(user, {.is_online = is_online, .is_own = true});
  const std::int64_t now_s = now_ms() / 1000;
  const std::int64_t lifetime_s =
      std::chrono::ceil<std::chrono::seconds>(services_.options.jwt_lifetime).count();
  const std::string token =
      services_.jwt.sign({.user_id = view.id,
                          .login_id = login,
                          .token_id = protocol::make_uuid(auth::random_bytes<16>()),
                          .issued_at_s = now_s,
                          .expires_at_s = now_s + lifetime_s});
  std::string json;
  protocol::append_login(json, {.token = token,
                                .expires_in_seconds = lifetime_s,
                                .refresh_token = refresh_token,
                                .user = view});
  co_return json_response(200, std::move(json));
}

// --- refresh ---

// If the database goes away between the two questions, the used token is void and its successor
// never arrived: the client logs in anew, as after any lost answer to a refresh.
Task<Answer> LoginRoutes::refresh(Call& call) {
  const auto body = protocol::parse_refresh_token(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(body.error());
  auth::RefreshToken next = auth::make_refresh_token();
  const std::int64_t now = now_ms();
  const auto rotated = co_await services_.tokens.rotate(
      {.old_hash = auth::hash_refresh_token(body->refresh_token),
       .new_hash = next.hash,
       .now_ms = now,
       .new_expires_at_ms = now + services_.options.refresh_lifetime.count()});
  if (!rotated) co_return failure(services_.log, call, rotated.error());

  using Outcome = db::RotationResult::Outcome;
  const protocol::LoginId login{rotated->family_id};
  if (rotated->outcome == Outcome::kExpired) {
    co_return refusal(ErrorCode::kTokenExpired, "the refresh token has expired");
  }
  if (rotated->outcome == Outcome::kReused) co_await end(login);
  if (rotated->outcome != Outcome::kRotated) {
    co_return refusal(ErrorCode::kUnauthenticated, "the refresh token is not valid");
  }
  auto user = co_await services_.users.find(rotated->user_id);
  if (!user) co_return failure(services_.log, call, user.error());
  if (!*user) co_return internal_failure(services_.log, call, "a refresh token without a user");
  co_return co_await login_response(std::move(**user), login, std::move(next.text));
}

// --- logout ---

// A token that nobody knows ends nothing, and that is what was asked for.
Task<Answer> LoginRoutes::log_out(Call& call) {
  const auto body = protocol::parse_refresh_token(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const auto family =
      co_await services_.tokens.void_family_of(auth::hash_refresh_token(body->refresh_token));
  if (!family) co_return failure(services_.log, call, family.error());
  if (*family) co_await end({**family});
  co_return no_content_response();
}

Task<void> LoginRoutes::end(protocol::LoginId login) {
  const std::int64_t last_expiry_ms = now_ms() + services_.options.jwt_lifetime.count();
  co_await end_login(services_.reactor, services_.directory, login, last_expiry_ms / 1000 + 1);
}

}  // namespace ringtalk::app::rest
