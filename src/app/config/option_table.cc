#include "app/config/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/config/option_values.h"

namespace ringtalk::app::config {

namespace {

using namespace std::chrono_literals;
using SetResult = std::expected<void, std::string>;

struct About {
  std::string_view group;
  std::string_view name;
  std::string_view help;
  bool is_secret = false;
};

template <class Number>
struct Range {
  Number min;
  Number max;
};

Option option_of(const About& about) {
  return {
      .group = about.group, .name = about.name, .help = about.help, .is_secret = about.is_secret};
}

Option text(const About& about, std::string value_form, std::string Config::* member) {
  Option option = option_of(about);
  option.value_form = std::move(value_form);
  option.set = [member](Config& config, std::string_view value) -> SetResult {
    config.*member = value;
    return {};
  };
  option.show = [member](const Config& config) { return config.*member; };
  return option;
}

Option on_or_off(const About& about, bool Config::* member) {
  Option option = option_of(about);
  option.value_form = "on|off";
  option.set = [member](Config& config, std::string_view value) -> SetResult {
    const auto is_on = read_switch(value);
    if (!is_on) return std::unexpected("must be on or off");
    config.*member = *is_on;
    return {};
  };
  option.show = [member](const Config& config) { return show_switch(config.*member); };
  return option;
}

// How one kind of ranged value is read, shown and named.
template <class Value>
struct Scale {
  std::string_view form;
  std::string_view description;
  std::optional<Value> (*read)(std::string_view);
  std::string (*show)(Value);
};

constexpr Scale<std::int64_t> kNumbers{
    .form = "NUMBER",
    .description = "a number",
    .read = read_number,
    .show = [](std::int64_t number) { return fmt::to_string(number); }};
constexpr Scale<std::int64_t> kSizes{.form = "SIZE",
                                     .description = "a size such as 512KiB or 64MiB",
                                     .read = read_bytes,
                                     .show = show_bytes};
constexpr Scale<std::chrono::milliseconds> kDurations{
    .form = "DURATION",
    .description = "a duration such as 500ms, 10s, 15min, 12h or 30d",
    .read = read_duration,
    .show = show_duration};

template <class Value>
Option ranged(const About& about, const Scale<Value>& scale, Range<Value> range,
              Value Config::* member) {
  Option option = option_of(about);
  option.value_form = scale.form;
  option.bounds = fmt::format("{} to {}", scale.show(range.min), scale.show(range.max));
  option.set = [=, bounds = option.bounds](Config& config, std::string_view text) -> SetResult {
    const auto value = scale.read(text);
    if (!value || *value < range.min || *value > range.max) {
      return std::unexpected(fmt::format("must be {}, from {}", scale.description, bounds));
    }
    config.*member = *value;
    return {};
  };
  option.show = [=](const Config& config) { return scale.show(config.*member); };
  return option;
}

Option number(const About& about, Range<std::int64_t> range, std::int64_t Config::* member) {
  return ranged(about, kNumbers, range, member);
}

Option size(const About& about, Range<std::int64_t> range, std::int64_t Config::* member) {
  return ranged(about, kSizes, range, member);
}

Option duration(const About& about, Range<std::chrono::milliseconds> range,
                std::chrono::milliseconds Config::* member) {
  return ranged(about, kDurations, range, member);
}

template <class Enum>
Option choice(const About& about, std::vector<std::pair<std::string_view, Enum>> choices,
              Enum Config::* member) {
  Option option = option_of(about);
  for (const auto& [word, value] : choices) {
    if (!option.value_form.empty()) option.value_form += '|';
    option.value_form += word;
  }
  option.set = [=, form = option.value_form](Config& config, std::string_view text) -> SetResult {
    for (const auto& [word, value] : choices) {
      if (word != text) continue;
      config.*member = value;
      return {};
    }
    return std::unexpected(fmt::format("must be one of {}", form));
  };
  option.show = [=](const Config& config) -> std::string {
    for (const auto& [word, value] : choices) {
      if (value == config.*member) return std::string(word);
    }
    return {};
  };
  return option;
}

void add_server_options(std::vector<Option>& table) {
  const auto about = [](std::string_view name, std::string_view help) {
    return About{.group = "Server", .name = name, .help = help};
  };
  table.push_back(choice<Mode>(
      about("mode", "production demands a key, limits rates and refuses test aids"),
      {{"development", Mode::kDevelopment}, {"production", Mode::kProduction}}, &Config::mode));
  table.push_back(text(about("host", "address to listen on"), "ADDRESS", &Config::host));
  table.push_back(number(about("port", "TCP port to listen on; 0 takes any free one"), {0, 65535},
                         &Config::port));
  table.push_back(number(about("shards", "threads that serve connections; 0 is one for each core"),
                         {0, 256}, &Config::shards));
  table.push_back(choice<BackendChoice>(
      about("backend", "how the kernel is asked; auto is io_uring where it is allowed"),
      {{"auto", BackendChoice::kAuto},
       {"io_uring", BackendChoice::kIoUring},
       {"epoll", BackendChoice::kEpoll}},
      &Config::backend));
  table.push_back(text(about("state-dir", "folder where development mode keeps its signing key"),
                       "FOLDER", &Config::state_dir));
  table.push_back(duration(about("drain-timeout", "how long a shutdown waits for work in flight"),
                           {0ms, 10min}, &Config::drain_timeout));
  table.push_back(on_or_off(
      about("test-endpoints", "serve /test/... for conformance suites; not in production"),
      &Config::has_test_endpoints));
  table.push_back(
      on_or_off(about("demo-data", "make the users alice and bob at start; not in production"),
                &Config::has_demo_data));
}

void add_store_options(std::vector<Option>& table) {
  const auto about = [](std::string_view name, std::string_view help, bool is_secret = false) {
    return About{.group = "Store", .name = name, .help = help, .is_secret = is_secret};
  };
  constexpr bool kSecret = true;  // either may hold a password
  table.push_back(text(about("database-url",
                             "PostgreSQL, as a URL or libpq's key=value words; what it leaves out "
                             "comes from PGHOST and its like",
                             kSecret),
                       "URL", &Config::database_url));
  table.push_back(text(
      about("redis-url", "redis://... or unix:///path/of/socket; empty: without Redis", kSecret),
      "URL", &Config::redis_url));
  table.push_back(duration(about("db-connect-timeout", "longest wait for a database connection"),
                           {100ms, 5min}, &Config::db_connect_timeout));
  table.push_back(duration(about("db-query-timeout", "longest wait for the answer to a query"),
                           {100ms, 5min}, &Config::db_query_timeout));
  table.push_back(on_or_off(about("migrate", "bring the database's schema up to date at start"),
                            &Config::is_migrating));
}

void add_auth_options(std::vector<Option>& table) {
  const auto about = [](std::string_view name, std::string_view help, bool is_secret = false) {
    return About{.group = "Authentication", .name = name, .help = help, .is_secret = is_secret};
  };
  constexpr bool kSecret = true;
  table.push_back(
      text(about("jwt-key",
                 "key that signs access tokens, 32 bytes or more: hex:..., base64url:... or "
                 "the text itself; a file or variable shows it to fewer than a flag",
                 kSecret),
           "KEY", &Config::jwt_key));
  table.push_back(
      text(about("jwt-key-file", "file that holds that key"), "FILE", &Config::jwt_key_file));
  table.push_back(duration(about("jwt-lifetime", "how long an access token is good for"), {1s, 24h},
                           &Config::jwt_lifetime));
  table.push_back(duration(about("refresh-lifetime", "how long a refresh token is good for"),
                           {1s, std::chrono::days(400)}, &Config::refresh_lifetime));
  table.push_back(size(about("argon2-memory", "memory that hashing a password takes"),
                       {8 << 10, 1 << 30}, &Config::argon2_memory_bytes));
  table.push_back(
      number(about("argon2-passes", "passes over that memory"), {1, 100}, &Config::argon2_passes));
  table.push_back(
      number(about("worker-threads", "threads that hash passwords; 0 is one for each core"),
             {0, 256}, &Config::worker_threads));
  table.push_back(number(
      about("worker-queue-max", "hashings that may wait; past it logins are answered with 503"),
      {1, 65536}, &Config::worker_queue_max));
  table.push_back(choice<RateLimits>(
      about("rate-limits", "auto is on in production and off in development"),
      {{"auto", RateLimits::kAuto}, {"on", RateLimits::kOn}, {"off", RateLimits::kOff}},
      &Config::rate_limits));
}

void add_connection_options(std::vector<Option>& table) {
  const auto about = [](std::string_view name, std::string_view help) {
    return About{.group = "Connections", .name = name, .help = help};
  };
  table.push_back(duration(about("http-header-timeout", "longest wait for a whole request head"),
                           {100ms, 10min}, &Config::http_header_timeout));
  table.push_back(duration(about("http-body-timeout", "longest wait for a whole request body"),
                           {100ms, 10min}, &Config::http_body_timeout));
  table.push_back(duration(about("http-idle-timeout", "longest wait for the next request"),
                           {100ms, 1h}, &Config::http_idle_timeout));
  table.push_back(duration(about("heartbeat", "how often a silent WebSocket is pinged"),
                           {100ms, 10min}, &Config::heartbeat));
  table.push_back(duration(about("heartbeat-grace", "how long it may stay silent after that"),
                           {100ms, 10min}, &Config::heartbeat_grace));
}

void add_log_options(std::vector<Option>& table) {
  const auto about = [](std::string_view name, std::string_view help) {
    return About{.group = "Log", .name = name, .help = help};
  };
  table.push_back(choice<LogLevel>(about("log-level", "the least that is worth a line"),
                                   {{"debug", LogLevel::kDebug},
                                    {"info", LogLevel::kInfo},
                                    {"warning", LogLevel::kWarning},
                                    {"error", LogLevel::kError}},
                                   &Config::log_level));
  table.push_back(choice<LogFormat>(
      about("log-format", "auto is text on a terminal and JSON elsewhere"),
      {{"auto", LogFormat::kAuto}, {"text", LogFormat::kText}, {"json", LogFormat::kJson}},
      &Config::log_format));
}

}  // namespace

std::span<const Option> option_table() {
  static const std::vector<Option> table = [] {
    std::vector<Option> options;
    add_server_options(options);
    add_store_options(options);
    add_auth_options(options);
    add_connection_options(options);
    add_log_options(options);
    return options;
  }();
  return table;
}

const Option* find_option(std::string_view name) {
  const auto found = std::ranges::find(option_table(), name, &Option::name);
  return found == option_table().end() ? nullptr : &*found;
}

std::string variable_of(std::string_view option_name) {
  std::string variable(kVariablePrefix);
  for (const char c : option_name) {
    const bool is_lower = c >= 'a' && c <= 'z';
    variable += c == '-' ? '_' : is_lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return variable;
}

}  // namespace ringtalk::app::config
