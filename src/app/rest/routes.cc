#include "app/rest/routes.h"

#include <algorithm>

namespace ringtalk::app::rest {

void Routes::add(http::Method method, std::string_view pattern, Handler handler, RouteRules rules) {
  const std::size_t place = metrics_.add_route(method, std::string(pattern));
  router_.add(method, pattern, {.handler = handler, .rules = rules, .metrics_place = place});
  if (rules.access == Access::kPublic) public_patterns_.emplace_back(pattern);
}

bool Routes::asks_for_identity(const http::Request& request,
                               const http::Match<Route>& match) const {
  switch (match.outcome) {
    case http::RouteOutcome::found:
      return match.handler->rules.access == Access::kUser;
    case http::RouteOutcome::options:
      // A browser asks before it may send a token (Fetch §4.8), and the methods are no secret.
      return false;
    case http::RouteOutcome::method_not_allowed:
      return std::ranges::find(public_patterns_, match.pattern) == public_patterns_.end();
    case http::RouteOutcome::not_found:
    case http::RouteOutcome::malformed_path:
      return request.path == "/v1" || request.path.starts_with("/v1/");
  }
  return true;
}

}  // namespace ringtalk::app::rest
