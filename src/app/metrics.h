// Metrics: what one shard has counted, for /metrics. One a shard, on its thread, without atomics:
// whoever sees something happen adds to it here. A scrape takes a copy from every shard, adds them
// up (add) and writes the sum (metrics/exposition.h).
//
// A new figure is a member here and a line of the table in metrics/exposition.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/metrics/histogram.h"
#include "http/message.h"
#include "reactor/clock.h"

namespace ringtalk::app {

/// What was asked of one route.
struct RouteFigures {
  static constexpr std::size_t kStatusClasses = 6;  // by the first digit of the status; 0 unused

  std::string method;
  std::string pattern;
  std::array<std::uint64_t, kStatusClasses> by_status_class{};
  metrics::Histogram duration;
};

class Metrics {
 public:
  Metrics();

  // ── HTTP ──
  std::uint64_t http_connections = 0;  // open now, those that became WebSockets not included
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  // at once: too many

  /// A place for the requests of a route. All shards add the same routes in the same order.
  std::size_t add_route(http::Method method, std::string pattern);
  /// The place of requests that no route took: unknown paths, wrong methods, unreadable ones.
  static constexpr std::size_t kNoRoute = 0;
  void count_request(std::size_t route, int status, reactor::Duration duration);

  // ── WebSocket ──
  std::uint64_t ws_sessions = 0;        // open now
  std::uint64_t messages_received = 0;  // whole ones, from clients
  std::uint64_t events_delivered = 0;   // to sessions
  std::uint64_t acks_sent = 0;
  std::uint64_t passing_sent = 0;        // `typing` and `receipt`
  std::uint64_t passing_dropped = 0;     // likewise, to sessions that could not take it at once
  std::uint64_t memberships_reread = 0;  // by sessions whose notices were lost on the way
  std::uint64_t removals_found = 0;      // by asking the database: the notice was not there yet
  std::uint64_t presence_sent = 0;
  std::uint64_t presence_merged = 0;     // changes that another one replaced before they were sent
  std::uint64_t heads_found_behind = 0;  // by comparing: their last events were lost on the way
  std::uint64_t command_errors = 0;      // `error` answers
  std::uint64_t feed_fills = 0;          // a session was behind a log, and read what it had missed
  std::uint64_t slow_consumers = 0;      // closed with 4008

  /// Codes that are none of the contract's are counted as 0: a peer may send any.
  void count_ws_closed(std::uint16_t code);

  // ── Messages ──
  metrics::Histogram message_commit;  // from a draft's arrival at its sender to its commit

  void add(const Metrics& other);

  [[nodiscard]] const std::vector<RouteFigures>& routes() const { return routes_; }
  [[nodiscard]] const std::map<std::uint16_t, std::uint64_t>& ws_closed() const {
    return ws_closed_;
  }

 private:
  std::vector<RouteFigures> routes_;
  std::map<std::uint16_t, std::uint64_t> ws_closed_;  // by close code
};

}  // namespace ringtalk::app
