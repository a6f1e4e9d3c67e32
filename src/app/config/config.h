// All that can be set from outside, as typed values with their defaults.
// Made once by load_config, owned by main, read by every thread; nothing changes it afterwards.
// What each member means, its bounds and its text form stand in option_table.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ringtalk::app::config {

enum class Mode : std::uint8_t { kDevelopment, kProduction };
enum class BackendChoice : std::uint8_t { kAuto, kIoUring, kEpoll };
enum class RateLimits : std::uint8_t { kAuto, kOn, kOff };
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t { kAuto, kText, kJson };

struct Config {
  using Milliseconds = std::chrono::milliseconds;

  Mode mode = Mode::kDevelopment;
  std::string host = "127.0.0.1";
  std::int64_t port = 8080;  // 0: any free one
  std::int64_t shards = 0;   // 0: one a core
  BackendChoice backend = BackendChoice::kAuto;
  std::string state_dir = "var";
  Milliseconds drain_timeout = std::chrono::seconds(10);
  bool has_test_endpoints = false;
  bool has_demo_data = false;

  std::string database_url;
  std::string redis_url;  // empty: no Redis
  Milliseconds db_connect_timeout = std::chrono::seconds(5);
  Milliseconds db_query_timeout = std::chrono::seconds(10);
  bool is_migrating = true;

  std::string jwt_key;
  std::string jwt_key_file;
  Milliseconds jwt_lifetime = std::chrono::minutes(15);
  Milliseconds refresh_lifetime = std::chrono::days(30);
  std::int64_t argon2_memory_bytes = 19 * 1024 * 1024;
  std::int64_t argon2_passes = 2;
  std::int64_t worker_threads = 0;  // 0: one a core
  std::int64_t worker_queue_max = 256;
  RateLimits rate_limits = RateLimits::kAuto;

  Milliseconds http_header_timeout = std::chrono::seconds(10);
  Milliseconds http_body_timeout = std::chrono::seconds(30);
  Milliseconds http_idle_timeout = std::chrono::seconds(75);
  Milliseconds heartbeat = std::chrono::seconds(25);
  Milliseconds heartbeat_grace = std::chrono::seconds(8);

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kAuto;

  bool is_production() const { return mode == Mode::kProduction; }
  bool has_rate_limits() const {
    return rate_limits == RateLimits::kAuto ? is_production() : rate_limits == RateLimits::kOn;
  }
};

}  // namespace ringtalk::app::config
