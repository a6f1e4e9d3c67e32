#include "reactor/tcp_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend_support.h"
#include "reactor/linger.h"
#include "run_task.h"

namespace ringtalk::reactor::testing {
namespace {

using test_support::join;
using test_support::run;

constexpr std::size_t kMuch = 16UL * 1024 * 1024;  // more than the kernel holds for a socket

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
  return bytes;
}

// One end is the stream under test, the other a bare socket.
class TcpStreamTest : public BackendTest {
 protected:
  void SetUp() override {
    SocketPair pair = tcp_pair();
    peer = std::move(pair.far);
    stream = std::make_unique<TcpStream>(*reactor, ::dup(pair.near.get()));
  }
  void TearDown() override {
    if (!stream) return;
    stream->abort();
    join(*reactor, scope);
    run(*reactor, stream->close());
  }

  [[nodiscard]] Result<Chunk> receive_one(Deadline deadline = kNever) {
    return run(*reactor, receive_task(deadline));
  }
  // Until `size` bytes were received, or the end.
  [[nodiscard]] std::string receive_bytes(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      const Result<Chunk> chunk = receive_one();
      if (!chunk || chunk->empty()) break;
      bytes += chunk->text();
    }
    return bytes;
  }

  struct Sent {
    bool is_told = false;
    Result<void> result;
  };
  // The fixture keeps what it returns: a task may end only after its test has failed.
  Sent& send_in_background(std::string bytes, Deadline deadline = kNever) {
    Sent& sent = sends_.emplace_back();
    scope.spawn(send_task(std::move(bytes), deadline, sent));
    return sent;
  }
  struct Received {
    bool is_told = false;
    ErrorKind error{};
  };
  Received& expect_failure_in_background() {
    Received& received = receives_.emplace_back();
    scope.spawn(expect_failure(received));
    return received;
  }

  // Receiving is armed from here on, and nobody waits.
  void arm() {
    write_all(peer, "!");
    EXPECT_EQ(receive_bytes(1), "!");
  }

  Socket peer;
  std::unique_ptr<TcpStream> stream;
  TaskScope scope;

 private:
  Task<void> send_task(std::string bytes, Deadline deadline, Sent& sent) {
    sent.result = co_await stream->send(bytes, deadline);
    sent.is_told = true;
  }
  Task<void> expect_failure(Received& received) {
    const Result<Chunk> chunk = co_await stream->receive();
    EXPECT_FALSE(chunk.has_value());
    if (!chunk) received.error = chunk.error().kind;
    received.is_told = true;
  }
  Task<Result<Chunk>> receive_task(Deadline deadline) {
    co_return co_await stream->receive(deadline);
  }

  std::deque<Sent> sends_;
  std::deque<Received> receives_;
};
INSTANTIATE_TEST_SUITE_P(Backends, TcpStreamTest,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

TEST_P(TcpStreamTest, hands_a_waiting_receiver_the_pool_chunk_itself) {
  write_all(peer, "hello");
  const Result<Chunk> chunk = receive_one();
  ASSERT_TRUE(chunk.has_value());
  EXPECT_EQ(chunk->text(), "hello");
  EXPECT_TRUE(chunk->is_borrowed());
}

TEST_P(TcpStreamTest, copies_what_comes_while_nobody_waits_and_returns_it_whole) {
  arm();
  for (const char* piece : {"one ", "two ", "three"}) {
    write_all(peer, piece);
    turn_for(2ms);
  }
  const Result<Chunk> chunk = receive_one();
  ASSERT_TRUE(chunk.has_value());
  EXPECT_EQ(chunk->text(), "one two three");
  EXPECT_FALSE(chunk->is_borrowed());
}

TEST_P(TcpStreamTest, pauses_past_the_backlog_bound_and_resumes_without_losing_a_byte) {
  arm();
  const std::string bytes = pattern(kMuch);
  std::size_t written = 0;
  const auto write_more = [&] {
    const ssize_t count = ::send(peer.get(), bytes.data() + written, bytes.size() - written,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) written += static_cast<std::size_t>(count);
    return count > 0;
  };
  int refusals = 0;
  while (refusals < 20) {
    refusals = write_more() ? 0 : refusals + 1;
    turn_for(1ms);
  }
  EXPECT_LT(written, bytes.size()) << "the peer was never made to wait";
  // What the kernel had handed over before it heard of the pause comes on top of the bound.
  const Result<Chunk> backlog = receive_one();
  ASSERT_TRUE(backlog.has_value());
  EXPECT_GT(backlog->size(), TcpStream::kBacklogBytesMax);
  EXPECT_LT(backlog->size(), TcpStream::kBacklogBytesMax + 1024UL * 1024);

  std::string received(backlog->text());
  while (received.size() < bytes.size()) {
    if (written < bytes.size()) write_more();
    const Result<Chunk> chunk = receive_one();
    ASSERT_TRUE(chunk.has_value() && !chunk->empty());
    received += chunk->text();
  }
  EXPECT_TRUE(received == bytes);
}

TEST_P(TcpStreamTest, pauses_one_byte_past_the_backlog_bound_and_not_at_it) {
  arm();
  for (const std::size_t past : {0UL, 1UL}) {
    const std::string bytes = pattern(TcpStream::kBacklogBytesMax + past);
    const std::uint64_t starts = backend().figures().submissions;
    write_all(peer, bytes);
    turn_for(20ms);
    EXPECT_TRUE(receive_bytes(bytes.size()) == bytes);
    write_all(peer, "x");
    EXPECT_EQ(receive_bytes(1), "x");
    EXPECT_EQ(backend().figures().submissions - starts, past) << "armed again after a pause alone";
  }
}

TEST_P(TcpStreamTest, loses_nothing_however_soon_the_receiver_comes_back_after_a_pause) {
  arm();
  for (int turns = 0; turns < 8; ++turns) {
    const std::string bytes = pattern(TcpStream::kBacklogBytesMax + 10'000);
    write_all(peer, bytes);
    for (int i = 0; i < turns; ++i) reactor->run_turn(reactor->now());
    EXPECT_TRUE(receive_bytes(bytes.size()) == bytes) << "after " << turns << " turns";
  }
}

TEST_P(TcpStreamTest, tells_the_peers_end_by_an_empty_chunk_after_all_its_bytes) {
  arm();
  write_all(peer, "last");
  ::shutdown(peer.get(), SHUT_WR);
  turn_for(5ms);
  EXPECT_EQ(receive_bytes(4), "last");
  for (int i = 0; i < 2; ++i) {
    const Result<Chunk> end = receive_one();
    ASSERT_TRUE(end.has_value());
    EXPECT_TRUE(end->empty());
  }
  Sent& sent = send_in_background("still spoken to");
  turn_until([&] { return sent.is_told; });
  EXPECT_TRUE(sent.result.has_value());
  EXPECT_EQ(read_available(peer), "still spoken to");
}

TEST_P(TcpStreamTest, tells_a_reset_as_closed_and_stays_so) {
  arm();
  Received& received = expect_failure_in_background();
  peer.reset();
  turn_until([&] { return received.is_told; });
  EXPECT_EQ(received.error, ErrorKind::kClosed);
  const Result<Chunk> again = receive_one();
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::kClosed);
}

TEST_P(TcpStreamTest, is_usable_after_a_receive_that_timed_out) {
  const Result<Chunk> late = receive_one(reactor->after(10ms));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kTimedOut);
  write_all(peer, "in time");
  EXPECT_EQ(receive_bytes(7), "in time");
}

TEST_P(TcpStreamTest, forgets_the_deadline_of_a_receive_that_was_answered) {
  write_all(peer, "a");
  EXPECT_TRUE(receive_one(reactor->after(10ms)).has_value());
  EXPECT_EQ(reactor->timers().size(), 0U);
}

TEST_P(TcpStreamTest, sends_parts_in_order) {
  class Waiter final : public ByteStream::SendWaiter {
   public:
    void sent(Result<void> result) override { results.push_back(std::move(result)); }
    std::vector<Result<void>> results;
  };
  std::string one = "one, ";
  std::string two = "two";
  const std::vector<iovec> parts{
      {one.data(), one.size()}, {one.data(), 0}, {two.data(), two.size()}};
  Waiter waiter;
  stream->start_send(parts, kNever, waiter);
  EXPECT_TRUE(waiter.results.empty()) << "told only from the loop";
  turn_until([&] { return !waiter.results.empty(); });
  EXPECT_TRUE(waiter.results[0].has_value());
  EXPECT_EQ(read_available(peer), "one, two");
}

TEST_P(TcpStreamTest, sends_more_than_the_kernel_holds_to_a_peer_that_reads) {
  const std::string bytes = pattern(kMuch);
  Sent& sent = send_in_background(bytes);
  std::string read;
  for (int i = 0; i < 5000 && read.size() < bytes.size(); ++i) {
    turn_for(1ms);
    read += read_available(peer);
  }
  turn_until([&] { return sent.is_told; });
  EXPECT_TRUE(sent.result.has_value());
  EXPECT_TRUE(read == bytes);
}

TEST_P(TcpStreamTest, a_send_to_a_peer_that_does_not_read_times_out_and_ends_the_stream) {
  Received& received = expect_failure_in_background();
  Sent& sent = send_in_background(std::string(kMuch, 'x'), reactor->after(50ms));
  turn_until([&] { return sent.is_told && received.is_told; });
  ASSERT_FALSE(sent.result.has_value());
  EXPECT_EQ(sent.result.error().kind, ErrorKind::kTimedOut);
  EXPECT_EQ(received.error, ErrorKind::kClosed);
  EXPECT_EQ(reactor->timers().size(), 0U);
}

TEST_P(TcpStreamTest, a_send_in_flight_fails_when_the_peer_vanishes) {
  Sent& sent = send_in_background(std::string(kMuch, 'x'));
  turn_for(5ms);
  EXPECT_FALSE(sent.is_told);
  peer.reset();
  turn_until([&] { return sent.is_told; });
  ASSERT_FALSE(sent.result.has_value());
  EXPECT_EQ(sent.result.error().kind, ErrorKind::kClosed);
}

TEST_P(TcpStreamTest, abort_ends_a_receive_and_a_send_in_flight) {
  Received& received = expect_failure_in_background();
  Sent& sent = send_in_background(std::string(kMuch, 'x'));
  turn_for(5ms);
  EXPECT_FALSE(sent.is_told || received.is_told);
  stream->abort();
  stream->abort();
  EXPECT_FALSE(sent.is_told || received.is_told) << "told only from the loop";
  turn_until([&] { return sent.is_told && received.is_told; });
  EXPECT_FALSE(sent.result.has_value());
  EXPECT_EQ(received.error, ErrorKind::kClosed);
}

TEST_P(TcpStreamTest, abort_ends_a_send_that_the_peer_has_read_a_part_of) {
  Sent& sent = send_in_background(std::string(kMuch, 'x'));
  turn_for(5ms);
  std::string part(2UL * 1024 * 1024, '\0');
  EXPECT_GT(::recv(peer.get(), part.data(), part.size(), MSG_DONTWAIT), 0);
  turn_for(5ms);
  EXPECT_FALSE(sent.is_told);
  stream->abort();
  turn_until([&] { return sent.is_told; });
  EXPECT_FALSE(sent.result.has_value());
}

TEST_P(TcpStreamTest, after_abort_nothing_is_received_or_sent) {
  arm();
  write_all(peer, "came while nobody waited");
  turn_for(5ms);
  stream->abort();
  const Result<Chunk> chunk = receive_one();
  ASSERT_FALSE(chunk.has_value());
  EXPECT_EQ(chunk.error().kind, ErrorKind::kClosed);
  Sent& sent = send_in_background("x");
  turn_until([&] { return sent.is_told; });
  ASSERT_FALSE(sent.result.has_value());
  EXPECT_EQ(sent.result.error().kind, ErrorKind::kClosed);
}

TEST_P(TcpStreamTest, receiving_goes_on_after_shutdown_send) {
  stream->shutdown_send();
  write_all(peer, "still heard");
  EXPECT_EQ(receive_bytes(11), "still heard");
  char byte = 0;
  EXPECT_EQ(::recv(peer.get(), &byte, 1, MSG_DONTWAIT), 0) << "the peer reads our end";
}

TEST_P(TcpStreamTest, close_waits_until_the_kernel_has_given_everything_back) {
  arm();
  Sent& sent = send_in_background(std::string(kMuch, 'x'));
  turn_for(5ms);
  EXPECT_EQ(backend().in_flight(), 2U);
  run(*reactor, stream->close());
  EXPECT_EQ(backend().in_flight(), 0U);
  EXPECT_TRUE(sent.is_told);
  stream.reset();
}

// The usual life: the owner ends the stream from where the last receive returned.
TEST_P(TcpStreamTest, may_be_closed_and_destroyed_from_the_coroutine_that_received_the_end) {
  const auto serve = [](std::unique_ptr<TcpStream>& owned) -> Task<void> {
    while (true) {
      const Result<Chunk> chunk = co_await owned->receive();
      if (!chunk || chunk->empty()) break;
    }
    co_await owned->close();
    owned.reset();
  };
  scope.spawn(serve(stream));
  write_all(peer, "hello");
  peer.close();
  join(*reactor, scope);
  EXPECT_EQ(stream, nullptr);
}

TEST_P(TcpStreamTest, leaves_no_descriptor_behind) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    SocketPair pair = tcp_pair();
    TcpStream other(*reactor, ::dup(pair.near.get()));
    pair.near.close();
    write_all(pair.far, "half a");
    if (i % 2 == 0) pair.far.reset();
    const auto use = [](TcpStream& used) -> Task<void> {
      static_cast<void>(co_await used.receive());
      static_cast<void>(co_await used.send("answer"));
    };
    run(*reactor, use(other));
    run(*reactor, other.close());
    run(*reactor, other.close());
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_P(TcpStreamTest, lingers_until_the_peer_has_read_all_and_closed) {
  arm();
  bool is_over = false;
  const auto end = [](Reactor& turns, TcpStream& used, bool& over) -> Task<void> {
    EXPECT_TRUE((co_await used.send("goodbye")).has_value());
    co_await linger(turns, used);
    over = true;
  };
  scope.spawn(end(*reactor, *stream, is_over));
  for (int i = 0; i < 10; ++i) {
    write_all(peer, "goes on talking");
    turn_for(1ms);
  }
  EXPECT_FALSE(is_over);
  EXPECT_EQ(read_available(peer), "goodbye");
  ::shutdown(peer.get(), SHUT_WR);
  turn_until([&] { return is_over; });
}

TEST_P(TcpStreamTest, knows_the_address_of_the_peer) {
  EXPECT_EQ(stream->peer_address(), "127.0.0.1");
}

TEST(TcpStreamDeathTest, must_be_closed_before_it_ends) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SystemClock clock;
        Reactor reactor(std::move(make_backend(BackendKind::kEpoll)->backend), clock);
        const TcpStream stream(reactor, ::dup(0));
      },
      "a stream ended without close");
}

}  // namespace
}  // namespace ringtalk::reactor::testing
