#include "reactor/resolve.h"

#include <netdb.h>

#include <cstring>
#include <memory>
#include <utility>

namespace ringtalk::reactor {
namespace {

using Addresses = Result<std::vector<SocketAddress>>;

Addresses look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* first = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
  if (error != 0) {
    return fail(ErrorKind::kUnavailable, "no address of " + host + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(first, ::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
  }
  return addresses;
}

}  // namespace

Task<Addresses> resolve(Reactor& reactor, WorkerPool& workers, std::string host,
                        std::uint16_t port) {
  const Result<SocketAddress> numeric = numeric_address(host, port);
  if (numeric) co_return std::vector{*numeric};
  const auto job = [host = std::move(host), port] { return look_up(host, port); };
  Result<Addresses> answered = co_await workers.run(reactor, job);
  if (!answered) co_return std::unexpected(answered.error());
  co_return std::move(*answered);
}

}  // namespace ringtalk::reactor
