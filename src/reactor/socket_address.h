// SocketAddress: where a socket is bound or connected to: a numeric IPv4 or IPv6 address with a
// port, or the path of a Unix socket. A value. Names are the business of reactor/resolve.h.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "reactor/result.h"

namespace ringtalk::reactor {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// kInvalid unless `host` is numeric: "127.0.0.1", "::1".
[[nodiscard]] Result<SocketAddress> numeric_address(const std::string& host, std::uint16_t port);

/// kInvalid when the path is empty or longer than a Unix socket's may be (107 bytes).
[[nodiscard]] Result<SocketAddress> unix_address(std::string_view path);

/// "127.0.0.1:6379", "[::1]:6379", or the path: for logs.
[[nodiscard]] std::string to_string(const SocketAddress& address);

}  // namespace ringtalk::reactor
