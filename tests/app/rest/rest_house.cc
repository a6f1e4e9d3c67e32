#include "rest_house.h"

#include <fmt/format.h>

#include <variant>

namespace ringtalk::app::rest::testing {

namespace {

constexpr std::int64_t kIssuedBefore = 600;

reactor::Task<void> ask(Api& api, const http::Request& request, const http::Exchange& exchange,
                        std::optional<http::Response>& response) {
  response = co_await api.answer(request, exchange);
}

reactor::Task<void> close(db::Pool& pool) {
  co_await pool.close();
}

}  // namespace

void MemoryLog::write(reactor::LogLevel level, std::string_view event,
                      std::initializer_list<reactor::LogField> fields) {
  std::string line = fmt::format("{} {}", static_cast<int>(level), event);
  for (const reactor::LogField& field : fields) {
    std::visit([&](auto value) { line += fmt::format(" {}={}", field.name, value); }, field.value);
  }
  lines.push_back(std::move(line));
}

RestHouse::RestHouse(RateLimiter::Switch rate_limits)
    : rate_limiter(reactor, directory, rate_limits, {}),
      api({.reactor = reactor,
           .directory = directory,
           .log = log,
           .json_reader = json_reader,
           .pool = pool,
           .users = users,
           .tokens = tokens,
           .conversations = conversations,
           .messages = messages,
           .fan_out = fan_out,
           .sender = sender,
           .receipts = receipts,
           .presence = presence.presence,
           .jwt = jwt,
           .authenticator = authenticator,
           .password_hasher = hasher,
           .workers = workers,
           .rate_limiter = rate_limiter,
           .metrics = metrics,
           .options = {.has_test_endpoints = true}}) {
  ShardPort port{.reactor = &reactor,
                 .scope = &scope,
                 .pool = &pool,
                 .bus_link = &bus_link,
                 .cached_messages = &cached_messages,
                 .fan_out = &fan_out,
                 .hub = &hub,
                 .committer = &committer,
                 .receipts = &receipts,
                 .routes = &routes,
                 .sessions = &sessions,
                 .tails = &tails,
                 .revoked_logins = &revoked_logins,
                 .rate_limiter = &rate_limiter,
                 .metrics = &metrics};
  presence.add_to(port);
  directory.enter(0, port);
}

RestHouse::~RestHouse() {
  run(close(pool));
}

void RestHouse::run(reactor::Task<void> task) {
  scope.spawn(std::move(task));
  while (scope.running() > 0) reactor.run_turn(reactor.after(std::chrono::milliseconds(1)));
}

http::Request RestHouse::request_of(const Sent& sent) const {
  http::Request request;
  request.method = sent.method;
  request.target = sent.target;
  const std::size_t question = sent.target.find('?');
  request.path = sent.target.substr(0, question);
  if (question != sent.target.npos) request.query = sent.target.substr(question + 1);
  for (const auto& [name, value] : sent.headers) request.headers.add(name, value);
  request.body = sent.body;
  return request;
}

http::Response RestHouse::answer(const Sent& sent) {
  const http::Request request = request_of(sent);
  const http::Exchange exchange{.peer_address = "192.0.2.1", .body_bytes = sent.body.size()};
  std::optional<http::Response> response;
  run(ask(api, request, exchange, response));
  return std::move(*response);
}

std::string RestHouse::bearer() {
  return bearer_until(reactor.unix_milliseconds() / 1000 + kIssuedBefore);
}

std::string RestHouse::expired_bearer() {
  return bearer_until(reactor.unix_milliseconds() / 1000);
}

std::string RestHouse::bearer_until(std::int64_t expires_at_s) {
  return "Bearer " + jwt.sign({.user_id = {11},
                               .login_id = {22},
                               .issued_at_s = expires_at_s - kIssuedBefore,
                               .expires_at_s = expires_at_s});
}

std::string header_of(const http::Response& response, std::string_view name) {
  return std::string(response.headers.find(name).value_or("(none)"));
}

}  // namespace ringtalk::app::rest::testing
