#include "app/rest/health_routes.h"

#include <utility>

#include "app/rest/responses.h"

namespace ringtalk::app::rest {

using reactor::Task;

void HealthRoutes::add_to(Routes& routes) {
  using http::Method;
  RouteRules rules = kPublicRules;
  rules.is_quiet = true;
  routes.add(Method::kGet, "/healthz", Handler::of<&HealthRoutes::is_alive>(*this), rules);
  routes.add(Method::kGet, "/livez", Handler::of<&HealthRoutes::is_alive>(*this), rules);
  routes.add(Method::kGet, "/readyz", Handler::of<&HealthRoutes::is_ready>(*this), rules);
}

Task<Answer> HealthRoutes::is_alive(Call&) {
  co_return json_response(200, R"({"status":"ok"})");
}

Task<Answer> HealthRoutes::is_ready(Call&) {
  std::vector<protocol::FieldError> missing;
  if (!co_await has_database()) {
    missing.push_back({.field = "database", .detail = "is away"});
  }
  if (is_draining_) missing.push_back({.field = "server", .detail = "is about to stop"});
  if (missing.empty()) co_return json_response(200, R"({"status":"ready"})");
  std::string detail = "the " + missing.front().field + " " + missing.front().detail;
  co_return std::unexpected(protocol::Problem{.code = protocol::ErrorCode::kUnavailable,
                                              .detail = std::move(detail),
                                              .errors = std::move(missing)});
}

// On every shard: whoever asks does not choose the one that answers, nor do the clients to come.
Task<bool> HealthRoutes::has_database() {
  const auto is_available = [](ShardPort& port) { return port.pool->is_available(); };
  for (std::size_t shard = 0; shard < services_.directory.size(); ++shard) {
    const bool is_there = co_await services_.directory.ask(services_.reactor, shard, is_available);
    if (!is_there) co_return false;
  }
  co_return true;
}

}  // namespace ringtalk::app::rest
