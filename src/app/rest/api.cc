#include "app/rest/api.h"

#include <fmt/format.h>

#include <utility>

#include "app/limits.h"
#include "app/rest/failures.h"
#include "app/rest/media_type.h"
#include "app/rest/responses.h"

namespace ringtalk::app::rest {

namespace {

using http::Request;
using http::Response;
using http::RouteOutcome;
using protocol::ErrorCode;
using protocol::Problem;
using reactor::Task;

/// Whom the calls of a route are counted for; nothing when they are not.
std::optional<RateKey> rate_key(RateLimit rule, protocol::UserId user,
                                const http::Exchange& exchange) {
  switch (rule) {
    case RateLimit::kNone:
      return std::nullopt;
    case RateLimit::kByAddress:
      return address_key(exchange.peer_address);
    case RateLimit::kByUser:
      return RateKey{.kind = RateKey::Kind::kUserRequest, .id = user.value};
    case RateLimit::kByUserAsSend:
      return RateKey{.kind = RateKey::Kind::kUserSend, .id = user.value};
  }
  std::unreachable();
}

void add_rate_headers(Response& response, const RateAnswer& rate) {
  const auto reset = std::chrono::ceil<std::chrono::seconds>(rate.until_full).count();
  response.headers.add("RateLimit-Limit", fmt::format("{}", rate.limit));
  response.headers.add("RateLimit-Remaining", fmt::format("{}", rate.remaining));
  response.headers.add("RateLimit-Reset", fmt::format("{}", reset));
}

Response options_response(std::string_view allow) {
  Response response{.status = 204};
  response.headers.add("Allow", allow);
  return response;
}

}  // namespace

Api::Api(const Services& services)
    : services_(services),
      routes_(services.metrics),
      login_(services_),
      users_(services_),
      conversations_(services_),
      messages_(services_),
      health_(services_),
      metrics_(services_) {
  login_.add_to(routes_);
  users_.add_to(routes_);
  conversations_.add_to(routes_);
  messages_.add_to(routes_);
  health_.add_to(routes_);
  metrics_.add_to(routes_);
  upgrade_.add_to(routes_);
  if (services_.options.has_test_endpoints) {
    test_.emplace().add_to(routes_);
    test_users_.emplace(services_).add_to(routes_);
  }
}

http::BodyPlan Api::plan_body(const Request& head) {
  const http::Match<Route> match = routes_.match(head);
  const bool is_measured =
      match.outcome == RouteOutcome::found && match.handler->rules.body == Body::kMeasured;
  if (is_measured) return {.bytes_max = limits::kTestMessageBytesMax, .discard = true};
  return {.bytes_max = limits::kBodyBytesMax};
}

Task<Response> Api::answer(const Request& request, const http::Exchange& exchange) {
  Visit visit{.request = request,
              .exchange = exchange,
              .match = routes_.match(request),
              .request_id = request_ids_.id_of(request)};
  Answer answer = co_await admit_and_handle(visit);

  Response response =
      answer ? std::move(*answer) : problem_response(answer.error(), visit.request_id);
  response.headers.add("X-Request-Id", visit.request_id);
  if (response.status == 405) response.headers.add("Allow", visit.match.allow);
  if (visit.rate) add_rate_headers(response, *visit.rate);
  count_and_log(&request, visit.match, visit.stopwatch, visit.request_id, response.status);
  co_return response;
}

Response Api::refuse(const Request* head, const http::RequestError& error) {
  const Stopwatch stopwatch;
  http::Match<Route> match;
  Problem problem = problem_of(error);
  if (head != nullptr) {
    // Who is not known hears that first, and not how large a body may be. Whoever serves an upgrade
    // has asked already: its token may stand elsewhere than in a header.
    auth::Identity caller;
    match = routes_.match(*head);
    auto unknown = head->is_upgrade ? std::nullopt : identify(*head, match, caller);
    if (unknown) problem = std::move(*unknown);
  }
  const std::string request_id = head != nullptr ? request_ids_.id_of(*head) : request_ids_.make();
  Response response = problem_response(problem, request_id);
  response.headers.add("X-Request-Id", request_id);
  count_and_log(head, match, stopwatch, request_id, response.status);
  return response;
}

Response Api::refuse_with(const Request& request, const Problem& problem) {
  const Stopwatch stopwatch;
  const std::string request_id = request_ids_.id_of(request);
  Response response = problem_response(problem, request_id);
  response.headers.add("X-Request-Id", request_id);
  count_and_log(&request, routes_.match(request), stopwatch, request_id, response.status);
  return response;
}

// --- on the way to a handler ---

Task<Answer> Api::admit_and_handle(Visit& visit) {
  if (auto problem = identify(visit.request, visit.match, visit.caller)) {
    co_return std::unexpected(std::move(*problem));
  }
  if (services_.rate_limiter.is_on()) {
    if (auto problem = co_await limit(visit)) co_return std::unexpected(std::move(*problem));
  }
  switch (visit.match.outcome) {
    case RouteOutcome::found:
      co_return co_await handle(visit);
    case RouteOutcome::options:
      co_return options_response(visit.match.allow);
    case RouteOutcome::method_not_allowed:
      co_return refusal(ErrorCode::kMethodNotAllowed);
    case RouteOutcome::malformed_path:
      co_return refusal(ErrorCode::kMalformedRequest, "the path is badly encoded");
    case RouteOutcome::not_found:
      // "OPTIONS *" asks about the server as a whole (RFC 9110 §9.3.7).
      if (visit.request.path == "*") {
        co_return options_response("GET, HEAD, POST, PATCH, DELETE, OPTIONS");
      }
      co_return not_found();
  }
  std::unreachable();
}

std::optional<Problem> Api::identify(const Request& request, const http::Match<Route>& match,
                                     auth::Identity& caller) {
  if (!routes_.asks_for_identity(request, match)) return std::nullopt;
  auto identity = services_.authenticator.authenticate_header(request.header("Authorization"));
  if (!identity) return std::move(identity.error());
  caller = *identity;
  return std::nullopt;
}

Task<std::optional<Problem>> Api::limit(Visit& visit) {
  if (visit.match.outcome != RouteOutcome::found) co_return std::nullopt;
  const auto key =
      rate_key(visit.match.handler->rules.rate_limit, visit.caller.user_id, visit.exchange);
  if (!key) co_return std::nullopt;
  visit.rate = co_await services_.rate_limiter.take(*key);
  if (visit.rate->is_allowed) co_return std::nullopt;
  co_return Problem{
      .code = ErrorCode::kRateLimited,
      .retry_after = std::chrono::ceil<std::chrono::milliseconds>(visit.rate->until_allowed)};
}

Task<Answer> Api::handle(Visit& visit) {
  const Route& route = *visit.match.handler;
  if (route.rules.body == Body::kJson && !may_be_json(visit.request)) {
    co_return refusal(ErrorCode::kUnsupportedMediaType);
  }
  Call call{.request = visit.request,
            .exchange = visit.exchange,
            .parameters = visit.match.parameters,
            .request_id = visit.request_id,
            .caller = visit.caller};
  co_return co_await route.handler(call);
}

// --- afterwards ---

// The pattern of the route stands for the path: paths hold ids, and queries may hold tokens.
void Api::count_and_log(const Request* request, const http::Match<Route>& match,
                        const Stopwatch& stopwatch, const std::string& request_id, int status) {
  const bool is_found = match.outcome == RouteOutcome::found && match.handler != nullptr;
  const auto duration = stopwatch.elapsed();
  services_.metrics.count_request(is_found ? match.handler->metrics_place : Metrics::kNoRoute,
                                  status, duration);
  const bool is_quiet = is_found && match.handler->rules.is_quiet;
  const auto level = is_quiet ? reactor::LogLevel::kDebug : reactor::LogLevel::kInfo;
  if (!services_.log.enabled(level)) return;
  services_.log.write(
      level, "http.request",
      {{"method", request == nullptr ? "-" : http::method_name(request->method)},
       {"route", match.pattern.empty() ? "-" : match.pattern},
       {"status", status},
       {"duration_us", std::chrono::floor<std::chrono::microseconds>(duration).count()},
       {"request_id", request_id}});
}

}  // namespace ringtalk::app::rest
