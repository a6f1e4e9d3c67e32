// ringtalk: reads the configuration and the signing key, then serves until it is told to stop.
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/auth/signing_key.h"
#include "app/config/load_config.h"
#include "app/server.h"
#include "cache/redis_url.h"
#include "reactor/log.h"
#include "reactor/signal_watcher.h"

extern char** environ;

namespace {

using namespace ringtalk;

reactor::LogOptions log_options(const app::config::Config& config) {
  using app::config::LogFormat;
  using app::config::LogLevel;
  reactor::LogOptions options;
  switch (config.log_level) {
    case LogLevel::kDebug:
      options.level = reactor::LogLevel::kDebug;
      break;
    case LogLevel::kInfo:
      options.level = reactor::LogLevel::kInfo;
      break;
    case LogLevel::kWarning:
      options.level = reactor::LogLevel::kWarn;
      break;
    case LogLevel::kError:
      options.level = reactor::LogLevel::kError;
      break;
  }
  switch (config.log_format) {
    case LogFormat::kAuto:
      options.format = reactor::LogFormat::kAuto;
      break;
    case LogFormat::kText:
      options.format = reactor::LogFormat::kText;
      break;
    case LogFormat::kJson:
      options.format = reactor::LogFormat::kJson;
      break;
  }
  return options;
}

// Given as text or file; made and kept in the state folder in development only (production without
// a key is refused by load_config).
std::expected<app::auth::SigningKey, std::string> signing_key(const app::config::Config& config) {
  if (!config.jwt_key.empty()) return app::auth::parse_signing_key(config.jwt_key);
  if (!config.jwt_key_file.empty()) return app::auth::read_signing_key(config.jwt_key_file);
  return app::auth::read_or_make_signing_key(std::filesystem::path(config.state_dir) / "jwt.key");
}

using MaybeRedis = std::optional<cache::RedisOptions>;

reactor::Result<MaybeRedis> redis_options(const app::config::Config& config) {
  if (config.redis_url.empty()) return std::nullopt;
  return cache::parse_redis_url(config.redis_url);
}

// As many descriptors as we may have: each connection takes one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables.emplace_back(*variable);

  const auto startup = app::config::load_config({.arguments = arguments, .variables = variables});
  if (!startup) {
    std::fputs(startup.error().c_str(), stderr);
    return app::config::kExitConfigError;
  }
  if (!startup->text.empty()) {
    std::fputs(startup->text.c_str(), stdout);
    return 0;
  }
  auto key = signing_key(startup->config);
  if (!key) {
    std::fprintf(stderr, "ringtalk: %s\n", key.error().c_str());
    return app::config::kExitConfigError;
  }
  const auto redis = redis_options(startup->config);
  if (!redis) {
    std::fprintf(stderr, "ringtalk: redis-url: %s\n", redis.error().detail.c_str());
    return app::config::kExitConfigError;
  }
  raise_descriptor_limit();
  // Before any thread starts, so that all inherit it: only the server's watcher takes them.
  reactor::block_signals({SIGTERM, SIGINT});
  reactor::Logger log(log_options(startup->config));
  app::Server server(startup->config, {.signing_key = std::move(*key), .redis = *redis}, log);
  return server.run();
}
