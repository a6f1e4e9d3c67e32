#include "loadgen/traffic/rest_door.h"

#include <fmt/format.h>

#include <utility>

#include "reactor/connect.h"

namespace ringtalk::loadgen {
namespace {

using reactor::Result;
using reactor::Task;

constexpr auto kConnectTimeout = std::chrono::seconds(10);

// Another asker opens the connection: looked at again so often.
constexpr auto kOpeningPause = std::chrono::milliseconds(2);

}  // namespace

RestDoor::RestDoor(reactor::Reactor& reactor, const Endpoint& endpoint, Size size)
    : reactor_(reactor),
      endpoint_(endpoint),
      options_{.host = endpoint.host, .in_flight_max = size.in_flight_max},
      links_(size.connections) {}

Task<Result<http::Response>> RestDoor::ask(http::OutgoingRequest request, std::size_t via) {
  const auto connection = co_await open(via % links_.size());
  if (!connection) co_return std::unexpected(connection.error());
  co_return co_await (*connection)->ask(std::move(request));
}

Task<Result<http::ClientConnection*>> RestDoor::open(std::size_t via) {
  Link& link = links_[via];
  while (link.is_opening) co_await reactor_.sleep_for(kOpeningPause);
  if (link.connection && link.connection->is_open()) co_return link.connection.get();
  link.is_opening = true;
  if (link.connection) {
    ending_.spawn(end(std::move(link.stream), std::move(link.connection)));
  }
  const auto descriptor =
      co_await reactor::connect_to(reactor_, endpoint_.address, reactor_.after(kConnectTimeout));
  link.is_opening = false;
  if (!descriptor) co_return std::unexpected(descriptor.error());
  link.stream = std::make_unique<reactor::TcpStream>(reactor_, *descriptor);
  link.connection = std::make_unique<http::ClientConnection>(reactor_, *link.stream, options_);
  co_return link.connection.get();
}

// Whoever still waited on it was made ready when it failed, and runs before this ends.
Task<void> RestDoor::end(std::unique_ptr<reactor::TcpStream> stream,
                         std::unique_ptr<http::ClientConnection> connection) {
  co_await connection->close();
  connection.reset();
  stream.reset();
}

Task<void> RestDoor::close() {
  for (Link& link : links_) {
    if (link.connection) ending_.spawn(end(std::move(link.stream), std::move(link.connection)));
  }
  co_await ending_.join();
}

http::OutgoingRequest get_request(std::string target, std::string_view token) {
  http::OutgoingRequest request{.target = std::move(target)};
  if (!token.empty()) request.headers.add("Authorization", fmt::format("Bearer {}", token));
  return request;
}

http::OutgoingRequest post_request(std::string target, std::string_view token, std::string json) {
  http::OutgoingRequest request = get_request(std::move(target), token);
  request.method = http::Method::kPost;
  request.headers.add("Content-Type", "application/json");
  request.body = std::move(json);
  return request;
}

}  // namespace ringtalk::loadgen
