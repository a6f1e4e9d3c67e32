// Routes: every row of REST: which handler answers it, and what is checked before it is called.
// Filled by the topics while the Api is made, then only read. Owned by the Api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/metrics.h"
#include "app/rest/call.h"
#include "http/router.h"

namespace ringtalk::app::rest {

/// Who may call it.
enum class Access : std::uint8_t { kPublic, kUser };

/// What becomes of the body of a request.
enum class Body : std::uint8_t {
  kIgnored,
  kJson,      // must be `application/json`, else 415
  kMeasured,  // read and counted, up to 16 MiB, but not kept
};

/// By what the calls are counted where rate limits are on.
enum class RateLimit : std::uint8_t { kNone, kByAddress, kByUser, kByUserAsSend };

struct RouteRules {
  Access access = Access::kUser;
  Body body = Body::kIgnored;
  RateLimit rate_limit = RateLimit::kByUser;
  bool is_quiet = false;  // its log lines are for debugging alone: probes come every second
};

struct Route {
  Handler handler;
  RouteRules rules;
  std::size_t metrics_place = 0;
};

class Routes {
 public:
  explicit Routes(Metrics& metrics) : metrics_(metrics) {}

  void add(http::Method method, std::string_view pattern, Handler handler, RouteRules rules);

  [[nodiscard]] http::Match<Route> match(const http::Request& request) const {
    return router_.match(request.method, request.path);
  }

  /// Must whoever sent this bring a token? Also asked where no route was found: under /v1 nobody
  /// hears what is there, or is not, without one.
  [[nodiscard]] bool asks_for_identity(const http::Request& request,
                                       const http::Match<Route>& match) const;

 private:
  Metrics& metrics_;
  http::Router<Route> router_;
  std::vector<std::string> public_patterns_;
};

inline constexpr RouteRules kPublicRules{.access = Access::kPublic, .rate_limit = RateLimit::kNone};
inline constexpr RouteRules kJsonRules{.body = Body::kJson};

}  // namespace ringtalk::app::rest
