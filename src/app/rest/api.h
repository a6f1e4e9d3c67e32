// Api: REST. Answers the requests of the shard's HTTP connections: finds the route, checks in the
// contract's order (401, then 405, 415, 413 and malformed, then what the handler checks: 404, then
// validation), calls the handler, and gives every answer its request id, its log line and its place
// in the figures. One a shard, on its thread; outlives the connections.
#pragma once

#include <optional>
#include <string>

#include "app/rest/conversations_routes.h"
#include "app/rest/health_routes.h"
#include "app/rest/login_routes.h"
#include "app/rest/messages_routes.h"
#include "app/rest/metrics_route.h"
#include "app/rest/request_ids.h"
#include "app/rest/routes.h"
#include "app/rest/services.h"
#include "app/rest/stopwatch.h"
#include "app/rest/test_routes.h"
#include "app/rest/test_users_routes.h"
#include "app/rest/upgrade_routes.h"
#include "app/rest/users_routes.h"
#include "http/service.h"
#include "reactor/pinned.h"

namespace ringtalk::app::rest {

class Api final : public http::Service, reactor::Pinned {
 public:
  explicit Api(const Services& services);

  [[nodiscard]] http::BodyPlan plan_body(const http::Request& head) override;
  [[nodiscard]] reactor::Task<http::Response> answer(const http::Request& request,
                                                     const http::Exchange& exchange) override;
  [[nodiscard]] http::Response refuse(const http::Request* head,
                                      const http::RequestError& error) override;

  /// A problem as a whole response, with its log line, for requests that are refused elsewhere (an
  /// upgrade that fails).
  [[nodiscard]] http::Response refuse_with(const http::Request& request,
                                           const protocol::Problem& problem);

  /// From now on /readyz says that the server is about to stop.
  void drain() { health_.drain(); }

 private:
  /// One request on its way.
  struct Visit {
    const http::Request& request;
    const http::Exchange& exchange;
    http::Match<Route> match;
    std::string request_id;
    Stopwatch stopwatch;
    auth::Identity caller;
    std::optional<RateAnswer> rate;  // where a limit was asked for
  };

  [[nodiscard]] reactor::Task<Answer> admit_and_handle(Visit& visit);
  [[nodiscard]] reactor::Task<std::optional<protocol::Problem>> limit(Visit& visit);
  [[nodiscard]] reactor::Task<Answer> handle(Visit& visit);

  [[nodiscard]] std::optional<protocol::Problem> identify(const http::Request& request,
                                                          const http::Match<Route>& match,
                                                          auth::Identity& caller);
  void count_and_log(const http::Request* request, const http::Match<Route>& match,
                     const Stopwatch& stopwatch, const std::string& request_id, int status);

  const Services services_;
  RequestIds request_ids_;
  Routes routes_;
  LoginRoutes login_;
  UsersRoutes users_;
  ConversationsRoutes conversations_;
  MessagesRoutes messages_;
  HealthRoutes health_;
  MetricsRoute metrics_;
  UpgradeRoutes upgrade_;
  std::optional<TestRoutes> test_;
  std::optional<TestUsersRoutes> test_users_;
};

}  // namespace ringtalk::app::rest
