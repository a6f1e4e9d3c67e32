#include "cache/redis_link.h"

#include <utility>
#include <vector>

#include "cache/limits.h"
#include "reactor/connect.h"
#include "reactor/resolve.h"
#include "reactor/socket_address.h"

namespace ringtalk::cache {

using reactor::Deadline;
using reactor::ErrorKind;
using reactor::Result;
using reactor::SocketAddress;
using reactor::Task;

Task<Result<>> RedisLink::open(Deadline deadline) {
  if (Result<> connected = co_await connect(deadline); !connected) co_return connected;
  co_return co_await greet(deadline);
}

Task<Result<std::vector<SocketAddress>>> RedisLink::addresses() {
  if (options_.unix_path.empty()) {
    co_return co_await reactor::resolve(reactor_, workers_, options_.host, options_.port);
  }
  const Result<SocketAddress> path = reactor::unix_address(options_.unix_path);
  if (!path) co_return std::unexpected(path.error());
  co_return std::vector{*path};
}

Task<Result<>> RedisLink::connect(Deadline deadline) {
  const Result<std::vector<SocketAddress>> found = co_await addresses();
  if (!found) co_return std::unexpected(found.error());
  Result<int> descriptor;
  for (const SocketAddress& address : *found) {
    if (aborted_) co_return reactor::fail(ErrorKind::kClosed, "the connection was closed");
    descriptor = co_await reactor::connect_to(reactor_, address, deadline);
    if (descriptor) break;
  }
  if (!descriptor) co_return std::unexpected(descriptor.error());
  stream_ = std::make_unique<reactor::TcpStream>(reactor_, *descriptor);
  queue_ = std::make_unique<reactor::SendQueue>(reactor_, *stream_, limits::kSendTimeout);
  if (aborted_) stream_->abort();
  co_return Result<>();
}

Task<Result<>> RedisLink::greet(Deadline deadline) {
  std::vector<Command> greetings;
  if (!options_.password.empty()) {
    Command& auth = greetings.emplace_back("AUTH");
    if (!options_.user.empty()) auth.add(options_.user);
    auth.add(options_.password);
  }
  if (options_.database != 0) greetings.push_back(Command("SELECT").add(options_.database));
  // Tells NOAUTH, LOADING and MASTERDOWN-like answers apart from a server that works.
  greetings.emplace_back("PING");
  for (Command& greeting : greetings) {
    const Result<Reply> reply = co_await ask(std::move(greeting), deadline);
    if (!reply) co_return std::unexpected(reply.error());
    if (reply->is_error()) co_return reactor::fail(ErrorKind::kUnavailable, reply->text);
  }
  co_return Result<>();
}

Task<Result<Reply>> RedisLink::ask(Command command, Deadline deadline) {
  send(command);
  while (true) {
    Result<std::optional<Reply>> reply = take();
    if (!reply) co_return std::unexpected(reply.error());
    if (*reply) co_return std::move(**reply);
    const Result<> filled = co_await fill(deadline);
    if (!filled) co_return std::unexpected(filled.error());
  }
}

void RedisLink::send(const Command& command) {
  std::string& tail = queue_->tail();
  const std::size_t before = tail.size();
  command.append_to(tail);
  queue_->wrote(tail.size() - before);
}

Task<Result<>> RedisLink::fill(Deadline deadline) {
  const Result<reactor::Chunk> chunk = co_await stream_->receive(deadline);
  if (!chunk) co_return std::unexpected(chunk.error());
  if (chunk->empty()) co_return reactor::fail(ErrorKind::kClosed, "Redis closed the connection");
  reader_.feed(chunk->text());
  co_return Result<>();
}

void RedisLink::abort() {
  aborted_ = true;
  if (stream_) stream_->abort();
}

Task<void> RedisLink::close() {
  if (!stream_) co_return;
  co_await stream_->close();  // a write in flight has ended then
  queue_.reset();
  stream_.reset();
}

}  // namespace ringtalk::cache
