// Endpoint: where the server is, read from --url and resolved once. A value, made on main's thread;
// all threads read it.
#pragma once

#include <expected>
#include <string>

#include "reactor/socket_address.h"

namespace ringtalk::loadgen {

struct Endpoint {
  reactor::SocketAddress address;
  std::string host;  // as the Host header has it
};

/// "http://127.0.0.1:8080" (or ws://; a path is refused, TLS is not spoken). What is wrong with it,
/// in words. Blocks while a name is looked up: before any reactor runs.
[[nodiscard]] std::expected<Endpoint, std::string> find_endpoint(const std::string& url);

}  // namespace ringtalk::loadgen
