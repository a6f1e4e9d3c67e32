// Finds the handler for a method and path, and tells 404 from 405. Filled once at start, then only
// read; each shard owns its own. Handler is whatever the owner calls, the router only holds it.
// The most specific pattern that fits the path is the resource, and it alone decides what methods
// there are: GET /v1/users/login is 405, although /v1/users/{id} would take it.
// HEAD is served where GET is, and OPTIONS everywhere: answer it with 204 and Allow.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/path_pattern.h"

namespace ringtalk::http {

enum class RouteOutcome : std::uint8_t {
  found,
  options,             // 204 with Allow
  method_not_allowed,  // 405 with Allow
  not_found,           // 404
  malformed_path,      // 400: a bad percent-encoding
};

template <typename Handler>
struct Match {
  RouteOutcome outcome = RouteOutcome::not_found;
  const Handler* handler = nullptr;  // when found; lives as long as the router
  std::string_view pattern;          // of the resource, for metrics: bounded, unlike the path
  std::string_view allow;            // "GET, HEAD, OPTIONS": of the resource
  PathParameters parameters;         // when found
  // When found: an id of a form that no id has. It names nothing, but whoever asks hears 404 only
  // in its turn, after authentication and the checks of the body.
  bool ids_are_well_formed = true;
};

template <typename Handler>
class Router {
 public:
  // Aborts on a wrong pattern, one with other names for the same places, or a second handler.
  void add(Method method, std::string_view pattern, Handler handler) {
    assert(method != Method::kHead && method != Method::kOptions);
    Resource& resource = resource_for(PathPattern(pattern));
    std::optional<Handler>& slot = resource.handlers[index(method)];
    assert(!slot);
    slot.emplace(std::move(handler));
    resource.allow = allow_list(resource);
  }

  [[nodiscard]] Match<Handler> match(Method method, std::string_view path) const {
    if (!path.starts_with('/')) return {};  // OPTIONS *
    const std::optional<PathSegments> segments = PathSegments::split(path);
    if (!segments) return {.outcome = RouteOutcome::malformed_path};

    const auto resource = std::ranges::find_if(
        resources_, [&](const Resource& each) { return each.pattern.matches(*segments); });
    if (resource == resources_.end()) return {};

    Match<Handler> match{.pattern = resource->pattern.text(), .allow = resource->allow};
    const std::optional<Handler>& handler =
        resource->handlers[index(method == Method::kHead ? Method::kGet : method)];
    if (handler) {
      match.outcome = RouteOutcome::found;
      match.handler = &*handler;
      match.parameters = resource->pattern.parameters(*segments);
      match.ids_are_well_formed = resource->pattern.ids_are_well_formed(*segments);
    } else {
      match.outcome =
          method == Method::kOptions ? RouteOutcome::options : RouteOutcome::method_not_allowed;
    }
    return match;
  }

 private:
  struct Resource {
    PathPattern pattern;
    std::array<std::optional<Handler>, kMethods.size()> handlers{};
    std::string allow;
  };

  static std::size_t index(Method method) { return static_cast<std::size_t>(method); }

  // Keeps the more specific patterns in front.
  Resource& resource_for(PathPattern pattern) {
    const auto same = std::ranges::find(resources_, pattern.text(),
                                        [](const Resource& each) { return each.pattern.text(); });
    if (same != resources_.end()) return *same;
    assert(std::ranges::none_of(
        resources_, [&](const Resource& each) { return each.pattern.has_same_shape_as(pattern); }));
    const auto place = std::ranges::find_if(resources_, [&](const Resource& each) {
      return pattern.is_more_specific_than(each.pattern);
    });
    return *resources_.insert(place, Resource{.pattern = std::move(pattern)});
  }

  static std::string allow_list(const Resource& resource) {
    std::string list;
    for (const Method method : kMethods) {
      const Method served_by = method == Method::kHead ? Method::kGet : method;
      if (!resource.handlers[index(served_by)] && method != Method::kOptions) continue;
      if (!list.empty()) list += ", ";
      list += method_name(method);
    }
    return list;
  }

  std::vector<Resource> resources_;
};

}  // namespace ringtalk::http
