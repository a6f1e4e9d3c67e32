#include "app/rest/test_users_routes.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "app/auth/secrets.h"
#include "app/protocol/bounds.h"
#include "app/protocol/json_writer.h"
#include "app/protocol/request_bodies.h"
#include "app/rest/failures.h"
#include "app/rest/fresh_id.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

namespace {

using protocol::LoginId;
using protocol::UserId;
using reactor::Task;

constexpr RouteRules kRules{
    .access = Access::kPublic, .body = Body::kJson, .rate_limit = RateLimit::kNone};

// Not the text of any hash: no password matches it.
constexpr const char* kNoPassword = "!";

}  // namespace

void TestUsersRoutes::add_to(Routes& routes) {
  routes.add(http::Method::kPost, "/v1/test/users", Handler::of<&TestUsersRoutes::create>(*this),
             kRules);
}

Task<Answer> TestUsersRoutes::create(Call& call) {
  const auto body = protocol::parse_test_users(services_.json_reader, call.request.body);
  if (!body) co_return std::unexpected(body.error());
  for (int attempt = 0; attempt < kIdAttemptsMax; ++attempt) {
    const std::vector<Seat> seats = make_seats(body->count, body->name_prefix);
    std::vector<db::NewTestUser> rows;
    rows.reserve(seats.size());
    for (const Seat& seat : seats) rows.push_back(seat.row);
    const auto outcome = co_await store_.create(std::move(rows));
    if (!outcome) co_return failure(services_.log, call, outcome.error());
    if (*outcome == db::CreateTestUsersOutcome::kTaken) continue;
    co_return json_response(201, write(seats));
  }
  co_return internal_failure(services_.log, call, "no free ids for test users");
}

// Buckets count up, so that no two ids of one call can meet.
std::vector<TestUsersRoutes::Seat> TestUsersRoutes::make_seats(std::int64_t count,
                                                               const std::string& prefix) const {
  static_assert(protocol::kTestUsersMax <= std::int64_t{protocol::kBucketCount});
  const std::int64_t now = services_.reactor.unix_milliseconds();
  const std::uint32_t bucket = protocol::bucket_of(fresh_id(now));
  std::vector<Seat> seats;
  for (std::int64_t number = 1; number <= count; ++number) {
    auth::RefreshToken token = auth::make_refresh_token();
    const std::int64_t id = fresh_id_in_bucket(now, bucket + static_cast<std::uint32_t>(number));
    std::string address = fmt::format("{}@test.invalid", id);
    seats.push_back(
        {.row = {.user = {.id = id,
                          .name = fmt::format("{}{}", prefix, number),
                          .email = address,
                          .email_folded = address,
                          .password_hash = kNoPassword,
                          .created_at_ms = now},
                 .login = {.family_id = fresh_id(now),
                           .user_id = id,
                           .token_hash = token.hash,
                           .created_at_ms = now,
                           .expires_at_ms = now + services_.options.refresh_lifetime.count()}},
         .refresh_token = std::move(token.text)});
  }
  return seats;
}

std::string TestUsersRoutes::write(const std::vector<Seat>& seats) const {
  const std::int64_t lifetime_s =
      std::chrono::ceil<std::chrono::seconds>(services_.options.jwt_lifetime).count();
  std::string text;
  protocol::JsonWriter json(text);
  json.begin_object();
  json.key("users").begin_array();
  for (const Seat& seat : seats) {
    const std::int64_t now_s = seat.row.user.created_at_ms / 1000;
    const UserId id{seat.row.user.id};
    json.begin_object();
    json.id("id", id);
    json.text("token",
              services_.jwt.sign({.user_id = id,
                                  .login_id = LoginId{seat.row.login.family_id},
                                  .token_id = protocol::make_uuid(auth::random_bytes<16>()),
                                  .issued_at_s = now_s,
                                  .expires_at_s = now_s + lifetime_s}));
    json.text("refreshToken", seat.refresh_token);
    json.end_object();
  }
  json.end_array();
  json.number("expiresIn", lifetime_s);
  json.end_object();
  return text;
}

}  // namespace ringtalk::app::rest
