// Plan: what one run is to do, as read from the command line, and completed by its profile with
// what was left open (0 or empty). Plain values, copied freely.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringtalk::loadgen {

enum class Profile : std::uint8_t {
  kConnect,     // open connections at a rate
  kIdle,        // hold --users connections and do nothing
  kSend,        // 1:1, conversations of two
  kFanOut,      // one writes to --members others, in one conversation or several
  kMixed,       // all of it in everyday shares
  kRest,        // REST calls in everyday shares
  kHistory,     // pages of history
  kReconnect,   // drop and resume under traffic
  kSlowReader,  // some do not read
  kSoak,        // mixed, long, with the server's memory watched through /metrics
  kMvp,         // two million messages a day, shaped as a day, compressed by a factor
};

struct Plan {
  Profile profile = Profile::kMixed;
  std::string url = "http://127.0.0.1:8080";
  bool is_closed_loop = false;
  std::uint32_t in_flight = 1;  // closed loop: of each sender
  double rate = 0;              // open loop: messages (or requests, connects) a second in all
  std::chrono::nanoseconds ramp{};
  std::chrono::nanoseconds warmup = std::chrono::seconds(2);
  std::chrono::nanoseconds duration = std::chrono::seconds(10);
  std::uint32_t users = 0;  // 0: the profile's own default
  std::uint32_t senders = 0;
  std::uint32_t conversations = 0;
  std::uint32_t members = 0;
  std::uint32_t messages = 0;  // history: in each conversation before it is read
  double drop_rate = 0;        // reconnect: connections a second that end without a word
  std::uint32_t payload_bytes = 64;
  std::uint64_t seed = 1;
  std::uint32_t threads = 1;
  std::string backend = "auto";  // io_uring, epoll
  std::vector<std::string> source_ips;
  double day_factor = 0;        // mvp: how much faster than a day; 0: 1, real time
  std::uint32_t connected = 0;  // mvp: of the users
  bool verifies_all = true;     // false: whole frames are read on a sample of the connections
  std::optional<std::string> find_max;  // "p99<20ms"
  std::vector<std::string> thresholds;
  std::string json_path, csv_path, html_path;  // empty: none; "-" is stdout for JSON and CSV
};

}  // namespace ringtalk::loadgen
