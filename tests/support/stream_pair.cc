#include "stream_pair.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "reactor/backend.h"
#include "reactor/tcp_stream.h"

namespace ringtalk::test_support {
namespace {

using reactor::Task;

struct Descriptors {
  int near = -1;
  int far = -1;
};

// Two ends of one TCP connection over loopback.
Descriptors connect_tcp() {
  constexpr int kType = SOCK_STREAM | SOCK_CLOEXEC;
  const int listener = ::socket(AF_INET, kType, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener, generic, length), 0);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, generic, &length), 0);
  Descriptors pair{.far = ::socket(AF_INET, kType, 0)};
  EXPECT_EQ(::connect(pair.far, generic, length), 0);
  EXPECT_EQ(::fcntl(pair.far, F_SETFL, O_NONBLOCK), 0);
  pair.near = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  EXPECT_GE(pair.near, 0);
  ::close(listener);
  return pair;
}

Task<void> close_both(reactor::ByteStream& near, reactor::ByteStream& far) {
  co_await near.close();
  co_await far.close();
}

}  // namespace

std::string name_of(const ::testing::TestParamInfo<StreamKind>& info) {
  switch (info.param) {
    case StreamKind::kMemory:
      return "memory";
    case StreamKind::kMemoryByteByByte:
      return "byte_by_byte";
    case StreamKind::kUring:
      return "io_uring";
    case StreamKind::kEpoll:
      return "epoll";
  }
  return "unknown";
}

StreamPair::StreamPair(StreamKind kind, reactor::MemoryStreamOptions options) {
  if (kind == StreamKind::kMemoryByteByByte) options.chunk_bytes_max = 1;
  if (kind == StreamKind::kMemory || kind == StreamKind::kMemoryByteByByte) {
    open_memory(std::move(options));
  } else {
    open_tcp(kind);
  }
}

void StreamPair::open_memory(reactor::MemoryStreamOptions options) {
  auto clock = std::make_unique<reactor::SimClock>();
  reactor_ =
      std::make_unique<reactor::Reactor>(std::make_unique<reactor::SimBackend>(*clock), *clock);
  clock_ = std::move(clock);
  reactor::MemoryPair pair = reactor::make_memory_pair(*reactor_, std::move(options));
  near_ = std::move(pair.one);
  far_ = std::move(pair.other);
}

void StreamPair::open_tcp(StreamKind kind) {
  const bool is_uring = kind == StreamKind::kUring;
  auto choice =
      reactor::make_backend(is_uring ? reactor::BackendKind::kUring : reactor::BackendKind::kEpoll);
  RINGTALK_ASSERT(choice && choice->why_not_uring.empty(), "no such backend on this machine");
  clock_ = std::make_unique<reactor::SystemClock>();
  reactor_ = std::make_unique<reactor::Reactor>(std::move(choice->backend), *clock_);
  const Descriptors descriptors = connect_tcp();
  near_ = std::make_unique<reactor::TcpStream>(*reactor_, descriptors.near);
  far_ = std::make_unique<reactor::TcpStream>(*reactor_, descriptors.far);
}

StreamPair::~StreamPair() {
  near_->abort();
  far_->abort();
  join(*reactor_, scope_);
  run(*reactor_, close_both(*near_, *far_));
  EXPECT_EQ(reactor_->backend().in_flight(), 0U);
}

void Peer::say(const std::string& bytes) {
  to_say_ += bytes;
  if (!std::exchange(is_speaking_, true)) under_way_.spawn(speak());
}

void Peer::finish_speaking() {
  finishes_ = true;
  say("");
}

Peer::~Peer() {
  stream_.abort();
  join(pair_.reactor(), under_way_);
}

void Peer::listen() {
  under_way_.spawn(hear());
}

Task<void> Peer::speak() {
  while (!to_say_.empty()) {
    const std::string bytes = std::exchange(to_say_, {});
    if (!(co_await stream_.send(bytes))) break;
  }
  is_speaking_ = false;
  if (finishes_) stream_.shutdown_send();
}

Task<void> Peer::hear() {
  while (true) {
    const auto chunk = co_await stream_.receive();
    if (!chunk || chunk->empty()) break;
    heard_ += chunk->text();
    ++chunks_heard_;
  }
  heard_the_end_ = true;
}

Task<void> Peer::go() {
  stream_.abort();
  co_await under_way_.join();
  co_await stream_.close();
}

}  // namespace ringtalk::test_support
