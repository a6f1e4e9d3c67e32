#include "cache/redis_url.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "reactor/socket_address.h"

namespace ringtalk::cache {
namespace {

using reactor::ErrorKind;
using reactor::Result;

std::unexpected<reactor::Error> wrong(std::string detail) {
  return reactor::fail(ErrorKind::kInvalid, "the URL of Redis: " + std::move(detail));
}

template <class Number>
std::optional<Number> number(std::string_view text, Number least, Number most) {
  Number value{};
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || value < least || value > most) return std::nullopt;
  return value;
}

std::optional<int> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

Result<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
    if (!low) return wrong("a % is followed by two hexadecimal digits; a % itself is %25");
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

Result<> take_user(std::string_view text, RedisOptions& options) {
  const std::size_t colon = text.find(':');
  Result<std::string> user = decode(text.substr(0, colon));
  if (!user) return std::unexpected(user.error());
  options.user = std::move(*user);
  if (colon == std::string_view::npos) {
    return wrong("a user needs a password: user:password@, or :password@ for the default user");
  }
  Result<std::string> password = decode(text.substr(colon + 1));
  if (!password) return std::unexpected(password.error());
  options.password = std::move(*password);
  if (options.password.empty()) return wrong("the password before @ is empty");
  return {};
}

Result<> take_database(std::string_view text, RedisOptions& options) {
  constexpr int kDatabaseMax = 1'000'000;  // Redis has 16 unless it is told otherwise
  const auto database = number<int>(text, 0, kDatabaseMax);
  if (!database)
    return wrong("the database is a number such as 0: redis://host/0, unix:///path?db=0");
  options.database = *database;
  return {};
}

Result<> take_port(std::string_view text, RedisOptions& options) {
  const auto port = number<std::uint16_t>(text, 1, 65'535);
  if (!port) return wrong("the port after the host is a number from 1 to 65535, such as 6379");
  options.port = *port;
  return {};
}

Result<> take_host(std::string_view text, RedisOptions& options) {
  std::string_view host = text;
  std::string_view after;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return wrong("a [ before an IPv6 address needs its ]");
    host = text.substr(1, bracket - 1);
    after = text.substr(bracket + 1);
    if (!host.contains(':') || !reactor::numeric_address(std::string(host), 1)) {
      return wrong("in brackets stands an IPv6 address, such as [::1]");
    }
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    after = text.substr(colon);
    if (after.find(':', 1) != std::string_view::npos) {
      return wrong("an IPv6 address stands in brackets: redis://[::1]:6379");
    }
  }
  if (host.empty()) return wrong("the host is missing: redis://host:6379");
  if (host.find_first_of(" \t\r\n?#%\\\"") != std::string_view::npos || host.contains('\0')) {
    return wrong("the host holds a character that no host has");
  }
  options.host = host;
  if (after.empty()) return {};
  if (!after.starts_with(':')) return wrong("after the ] of the address comes a port or nothing");
  return take_port(after.substr(1), options);
}

Result<RedisOptions> parse_tcp(std::string_view rest) {
  RedisOptions options;
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return wrong("takes no ? or #: redis://host:6379/0; in a password they are %3F and %23");
  }
  const std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (Result<> taken = take_user(authority.substr(0, at), options); !taken) {
      return std::unexpected(taken.error());
    }
    authority.remove_prefix(at + 1);
  }
  if (Result<> taken = take_host(authority, options); !taken) {
    return std::unexpected(taken.error());
  }
  const std::string_view database =
      slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  if (database.empty()) return options;
  if (Result<> taken = take_database(database, options); !taken) {
    return std::unexpected(taken.error());
  }
  return options;
}

Result<RedisOptions> parse_unix(std::string_view rest) {
  RedisOptions options;
  // A path may hold an @ too, but it begins with a slash.
  if (const std::size_t at = rest.find('@'); !rest.starts_with('/') && at != rest.npos) {
    if (Result<> taken = take_user(rest.substr(0, at), options); !taken) {
      return std::unexpected(taken.error());
    }
    rest.remove_prefix(at + 1);
  }
  const std::size_t question = rest.find('?');
  const std::string_view path = rest.substr(0, question);
  if (!path.starts_with('/')) {
    return wrong("the path of a Unix socket begins at the root: unix:///run/redis/redis.sock");
  }
  if (Result<reactor::SocketAddress> address = reactor::unix_address(path); !address) {
    return wrong(address.error().detail);
  }
  options.unix_path = path;
  if (question == std::string_view::npos) return options;
  const std::string_view query = rest.substr(question + 1);
  if (!query.starts_with("db=")) return wrong("after the path comes ?db=0 or nothing");
  if (Result<> taken = take_database(query.substr(3), options); !taken) {
    return std::unexpected(taken.error());
  }
  return options;
}

}  // namespace

Result<RedisOptions> parse_redis_url(std::string_view url) {
  constexpr std::string_view kTcp = "redis://";
  constexpr std::string_view kUnix = "unix://";
  if (url.starts_with(kTcp)) return parse_tcp(url.substr(kTcp.size()));
  if (url.starts_with(kUnix)) return parse_unix(url.substr(kUnix.size()));
  if (url.starts_with("rediss://")) {
    return wrong("TLS (rediss://) is not spoken; write redis:// for a trusted network or a tunnel");
  }
  return wrong("begins with redis:// or unix://, as in redis://127.0.0.1:6379/0");
}

}  // namespace ringtalk::cache
