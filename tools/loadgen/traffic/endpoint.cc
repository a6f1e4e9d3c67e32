#include "loadgen/traffic/endpoint.h"

#include <fmt/format.h>
#include <netdb.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

namespace ringtalk::loadgen {
namespace {

struct Parts {
  std::string name;
  std::string port = "80";
};

std::expected<Parts, std::string> split(const std::string& url) {
  const auto refuse = [&](std::string_view why) {
    return std::unexpected(
        fmt::format("--url {}: {}; write it like http://127.0.0.1:8080", url, why));
  };
  std::string_view rest = url;
  if (rest.starts_with("https://") || rest.starts_with("wss://")) {
    return refuse("TLS is not spoken here");
  }
  if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
    if (!rest.starts_with("http://") && !rest.starts_with("ws://")) return refuse("not http");
    rest.remove_prefix(scheme + 3);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@") != std::string_view::npos) return refuse("only host and port");
  Parts parts;
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == std::string_view::npos) return refuse("the bracket is not closed");
  const std::size_t colon = rest.find(':', bracket);
  parts.name = bracket > 0 ? rest.substr(1, bracket - 1) : rest.substr(0, colon);
  if (colon != std::string_view::npos) parts.port = rest.substr(colon + 1);
  unsigned port = 0;
  const char* end = parts.port.data() + parts.port.size();
  const auto [stop, error] = std::from_chars(parts.port.data(), end, port);
  const bool is_port = error == std::errc() && stop == end && port >= 1 && port <= 65'535;
  if (parts.name.empty() || !is_port) return refuse("no host and port");
  return parts;
}

}  // namespace

std::expected<Endpoint, std::string> find_endpoint(const std::string& url) {
  const auto parts = split(url);
  if (!parts) return std::unexpected(parts.error());
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(parts->name.c_str(), parts->port.c_str(), &hints, &found);
  if (failure != 0) {
    return std::unexpected(fmt::format("--url {}: {}: {}; is the name right?", url, parts->name,
                                       ::gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  Endpoint endpoint{.host = parts->name.contains(':') ? "[" + parts->name + "]" : parts->name};
  if (parts->port != "80") endpoint.host += ":" + parts->port;
  std::memcpy(&endpoint.address.storage, addresses->ai_addr, addresses->ai_addrlen);
  endpoint.address.length = addresses->ai_addrlen;
  return endpoint;
}

}  // namespace ringtalk::loadgen
