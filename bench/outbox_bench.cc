// What a connection has to say in one turn, onto a socket of the kernel: the send queue gathers it
// and writes once, the naive twin writes each frame. Both ends are here; what arrives is read away.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "reactor/backend.h"
#include "reactor/reactor.h"
#include "reactor/send_queue.h"
#include "reactor/task_scope.h"
#include "reactor/tcp_stream.h"
#include "support/allocation_counter.h"
#include "support/null_stream.h"
#include "support/samples.h"
#include "ws/frame_writer.h"

namespace ringtalk::bench {
namespace {

constexpr std::size_t kPayloadBytes = 125;

std::string frame() {
  std::string bytes;
  ws::append_frame(bytes, ws::Opcode::kText, ascii_text(kPayloadBytes));
  return bytes;
}

struct SocketPair {
  SocketPair() {
    std::array<int, 2> ends{};
    const int result =
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data());
    RINGTALK_ASSERT(result == 0, "no pair of sockets");
    near = ends[0];
    far = ends[1];
  }
  ~SocketPair() { ::close(far); }

  /// All that has come.
  void drain() const {
    std::array<char, 64 * 1024> bytes;
    while (::read(far, bytes.data(), bytes.size()) == std::ssize(bytes)) {
    }
  }

  int near = -1;  // closed by whoever sends on it
  int far = -1;
};

reactor::Task<void> close(reactor::ByteStream& stream) {
  co_await stream.close();
}

void send_gathered(benchmark::State& state, reactor::BackendKind kind) {
  const std::string bytes = frame();
  const SocketPair pair;
  auto choice = reactor::make_backend(kind);
  if (!choice || !choice->why_not_uring.empty()) {
    ::close(pair.near);
    return state.SkipWithError("this kernel offers no such backend");
  }
  reactor::SystemClock clock;
  reactor::Reactor reactor(std::move(choice->backend), clock);
  reactor::TcpStream stream(reactor, pair.near);
  {
    reactor::SendQueue queue(reactor, stream, std::chrono::seconds(30));
    for (auto _ : state) {
      for (int i = 0; i < state.range(0); ++i) queue.push(bytes);
      while (queue.bytes() > 0) reactor.run_turn(reactor::kNever);
      pair.drain();
    }
  }
  reactor::TaskScope scope;
  scope.spawn(close(stream));
  while (scope.running() > 0) reactor.run_turn(reactor::kNever);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void send_each(benchmark::State& state) {
  const std::string bytes = frame();
  const SocketPair pair;
  for (auto _ : state) {
    for (int i = 0; i < state.range(0); ++i) {
      const auto sent = ::send(pair.near, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent != std::ssize(bytes)) return state.SkipWithError("a short write");
    }
    pair.drain();
  }
  ::close(pair.near);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// The queue alone, without a kernel: what it costs to gather, and what it allocates.
void gather(benchmark::State& state) {
  const std::string bytes = frame();
  NullReactor null;
  NullStream stream(null.reactor);
  reactor::SendQueue queue(null.reactor, stream, std::chrono::seconds(30));
  const auto turn = [&] {
    for (int i = 0; i < state.range(0); ++i) queue.push(bytes);
    while (queue.bytes() > 0) null.run_turn();
  };
  turn();
  const AllocationCounter allocations;
  for (auto _ : state) turn();
  allocations.report(state, state.iterations());  // of a turn, not of a frame
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(send_gathered, , reactor::BackendKind::kEpoll)
    ->Name("outbox/ours")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256);
BENCHMARK(send_each)->Name("outbox/write_each")->Arg(1)->Arg(16)->Arg(256);
BENCHMARK_CAPTURE(send_gathered, , reactor::BackendKind::kUring)
    ->Name("outbox_io_uring/ours")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256);
BENCHMARK(gather)->Name("outbox_gather/ours")->Arg(1)->Arg(16)->Arg(256);

}  // namespace
}  // namespace ringtalk::bench
