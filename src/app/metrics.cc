#include "app/metrics.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringtalk::app {

namespace {

// Those of the contract, ascending.
constexpr std::array<std::uint16_t, 14> kCloseCodes{1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                                    1011, 1012, 1013, 4001, 4003, 4008, 4029};

}  // namespace

Metrics::Metrics() {
  routes_.push_back({.method = "other", .pattern = "other"});
}

std::size_t Metrics::add_route(http::Method method, std::string pattern) {
  routes_.push_back(
      {.method = std::string(http::method_name(method)), .pattern = std::move(pattern)});
  return routes_.size() - 1;
}

void Metrics::count_request(std::size_t route, int status, reactor::Duration duration) {
  RouteFigures& figures = routes_[route];
  ++figures.by_status_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  figures.duration.observe(duration);
}

void Metrics::count_ws_closed(std::uint16_t code) {
  const bool is_known = std::ranges::binary_search(kCloseCodes, code);
  ++ws_closed_[is_known ? code : std::uint16_t{0}];
}

void Metrics::add(const Metrics& other) {
  assert(routes_.size() == other.routes_.size());
  http_connections += other.http_connections;
  connections_accepted += other.connections_accepted;
  connections_refused += other.connections_refused;
  ws_sessions += other.ws_sessions;
  messages_received += other.messages_received;
  events_delivered += other.events_delivered;
  acks_sent += other.acks_sent;
  passing_sent += other.passing_sent;
  passing_dropped += other.passing_dropped;
  presence_sent += other.presence_sent;
  presence_merged += other.presence_merged;
  command_errors += other.command_errors;
  feed_fills += other.feed_fills;
  slow_consumers += other.slow_consumers;
  memberships_reread += other.memberships_reread;
  removals_found += other.removals_found;
  heads_found_behind += other.heads_found_behind;
  message_commit.add(other.message_commit);
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    RouteFigures& mine = routes_[i];
    const RouteFigures& theirs = other.routes_[i];
    for (std::size_t k = 0; k < mine.by_status_class.size(); ++k) {
      mine.by_status_class[k] += theirs.by_status_class[k];
    }
    mine.duration.add(theirs.duration);
  }
  for (const auto& [code, count] : other.ws_closed_) ws_closed_[code] += count;
}

}  // namespace ringtalk::app
