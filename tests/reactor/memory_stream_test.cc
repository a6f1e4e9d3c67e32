#include "reactor/memory_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"

namespace ringtalk::reactor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class MemoryStreamTest : public testing::Test {
 protected:
  void open(MemoryStreamOptions options = {}) { pair_ = make_memory_pair(reactor_, options); }
  void TearDown() override {
    scope_.spawn(close_both());
    run_until_joined();
  }
  Task<void> close_both() {
    if (pair_.one) co_await pair_.one->close();
    if (pair_.other) co_await pair_.other->close();
  }
  void run_until_joined() {
    for (int turns = 0; scope_.running() > 0; ++turns) {
      ASSERT_LT(turns, 1'000'000) << "somebody waits for what never comes";
      reactor_.run_turn(kNever);
    }
  }
  void run_for(Duration span) {
    const Deadline end = reactor_.now() + span;
    while (reactor_.now() < end) reactor_.run_turn(end);
  }

  SimClock clock_;
  Reactor reactor_{std::make_unique<SimBackend>(clock_), clock_};
  MemoryPair pair_;
  TaskScope scope_;
};

struct Received {
  std::string bytes;
  std::size_t largest_chunk = 0;
  bool ended = false;
  std::vector<ErrorKind> errors;
};

Task<void> receive_all(MemoryStream& stream, Received& received) {
  for (;;) {
    const Result<Chunk> chunk = co_await stream.receive();
    if (!chunk) {
      received.errors.push_back(chunk.error().kind);
      co_return;
    }
    if (chunk->empty()) {
      received.ended = true;
      co_return;
    }
    received.bytes += chunk->text();
    received.largest_chunk = std::max(received.largest_chunk, chunk->size());
  }
}

Task<void> receive_once(MemoryStream& stream, Deadline deadline, Received& received) {
  const Result<Chunk> chunk = co_await stream.receive(deadline);
  if (!chunk) {
    received.errors.push_back(chunk.error().kind);
  } else {
    received.bytes += chunk->text();
    received.ended = chunk->empty();
  }
}

Task<void> send_and_finish(MemoryStream& stream, std::string bytes) {
  const Result<void> sent = co_await stream.send(bytes);
  EXPECT_TRUE(sent.has_value());
  stream.shutdown_send();
}

struct SendOutcome {
  bool told = false;
  Result<void> result;
};

Task<void> send_once(MemoryStream& stream, std::string bytes, Deadline deadline,
                     SendOutcome& outcome) {
  outcome.result = co_await stream.send(bytes, deadline);
  outcome.told = true;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
  return bytes;
}

TEST_F(MemoryStreamTest, carries_bytes_both_ways_and_then_their_end) {
  open();
  Received by_one;
  Received by_other;
  scope_.spawn(receive_all(*pair_.one, by_one));
  scope_.spawn(receive_all(*pair_.other, by_other));
  scope_.spawn(send_and_finish(*pair_.one, "question"));
  scope_.spawn(send_and_finish(*pair_.other, "answer"));
  run_until_joined();
  EXPECT_EQ(by_other.bytes, "question");
  EXPECT_EQ(by_one.bytes, "answer");
  EXPECT_TRUE(by_one.ended && by_other.ended);
}

TEST_F(MemoryStreamTest, feeds_byte_by_byte_when_asked_to) {
  open({.chunk_bytes_max = 1});
  Received received;
  scope_.spawn(receive_all(*pair_.other, received));
  scope_.spawn(send_and_finish(*pair_.one, "abc"));
  run_until_joined();
  EXPECT_EQ(received.bytes, "abc");
  EXPECT_EQ(received.largest_chunk, 1U);
}

TEST_F(MemoryStreamTest, a_sender_waits_while_the_buffer_is_full) {
  open({.buffer_bytes_max = 10});
  SendOutcome at_bound;
  SendOutcome past_it;
  scope_.spawn(send_once(*pair_.one, std::string(10, 'x'), kNever, at_bound));
  run_for(seconds(1));
  EXPECT_TRUE(at_bound.told);
  scope_.spawn(send_once(*pair_.one, "y", kNever, past_it));
  run_for(seconds(1));
  EXPECT_FALSE(past_it.told);
  EXPECT_EQ(pair_.other->unread_bytes(), 10U);

  Received received;
  scope_.spawn(receive_once(*pair_.other, kNever, received));
  run_for(seconds(1));
  EXPECT_TRUE(past_it.told);
  EXPECT_TRUE(past_it.result.has_value());
  EXPECT_EQ(received.bytes, std::string(10, 'x'));
  EXPECT_EQ(pair_.other->unread_bytes(), 1U);
}

TEST_F(MemoryStreamTest, much_passes_through_a_small_buffer_whole_and_in_order) {
  open({.buffer_bytes_max = 7, .chunk_bytes_max = 5});
  const std::string bytes = pattern(10'000);
  Received received;
  scope_.spawn(receive_all(*pair_.other, received));
  scope_.spawn(send_and_finish(*pair_.one, bytes));
  run_until_joined();
  EXPECT_EQ(received.bytes, bytes);
}

class CollectingWaiter final : public ByteStream::SendWaiter {
 public:
  void sent(Result<void> result) override { results.push_back(std::move(result)); }
  std::vector<Result<void>> results;
};

TEST_F(MemoryStreamTest, sends_parts_in_order_and_tells_only_from_the_loop) {
  open();
  std::string first = "one, ";
  std::string empty;
  std::string second = "two";
  const std::vector<iovec> parts{
      {first.data(), first.size()}, {empty.data(), 0}, {second.data(), second.size()}};
  CollectingWaiter waiter;
  pair_.one->start_send(parts, kNever, waiter);
  EXPECT_TRUE(waiter.results.empty());
  reactor_.run_turn(kNever);
  ASSERT_EQ(waiter.results.size(), 1U);
  EXPECT_TRUE(waiter.results[0].has_value());
  Received received;
  scope_.spawn(receive_once(*pair_.other, kNever, received));
  EXPECT_EQ(received.bytes, "one, two");
}

TEST_F(MemoryStreamTest, a_receive_past_its_deadline_leaves_the_stream_usable) {
  open();
  Received received;
  scope_.spawn(receive_once(*pair_.one, reactor_.after(milliseconds(50)), received));
  run_for(milliseconds(49));
  EXPECT_TRUE(received.errors.empty());
  run_for(milliseconds(2));
  EXPECT_EQ(received.errors, std::vector{ErrorKind::kTimedOut});

  SendOutcome outcome;
  scope_.spawn(receive_once(*pair_.one, kNever, received));
  scope_.spawn(send_once(*pair_.other, "late", kNever, outcome));
  run_until_joined();
  EXPECT_EQ(received.bytes, "late");
}

TEST_F(MemoryStreamTest, a_send_past_its_deadline_shuts_the_stream_down) {
  open({.buffer_bytes_max = 4});
  SendOutcome outcome;
  scope_.spawn(send_once(*pair_.one, "too long", reactor_.after(milliseconds(50)), outcome));
  run_for(milliseconds(60));
  ASSERT_TRUE(outcome.told);
  ASSERT_FALSE(outcome.result.has_value());
  EXPECT_EQ(outcome.result.error().kind, ErrorKind::kTimedOut);

  SendOutcome again;
  Received by_peer;
  scope_.spawn(send_once(*pair_.one, "x", kNever, again));
  scope_.spawn(receive_all(*pair_.other, by_peer));
  run_until_joined();
  EXPECT_EQ(again.result.error().kind, ErrorKind::kClosed);
  EXPECT_EQ(by_peer.bytes, "too ");
  EXPECT_TRUE(by_peer.ended);
}

TEST_F(MemoryStreamTest, abort_ends_what_waits_on_both_sides) {
  open({.buffer_bytes_max = 1});
  Received by_one;
  Received by_other;
  SendOutcome from_one;
  SendOutcome from_other;
  scope_.spawn(receive_once(*pair_.one, kNever, by_one));
  scope_.spawn(send_once(*pair_.one, "long", kNever, from_one));
  run_for(milliseconds(5));
  scope_.spawn(send_once(*pair_.other, "", kNever, from_other));
  pair_.one->abort();
  pair_.one->abort();
  scope_.spawn(receive_all(*pair_.other, by_other));
  run_until_joined();
  EXPECT_EQ(by_one.errors, std::vector{ErrorKind::kClosed});
  EXPECT_EQ(from_one.result.error().kind, ErrorKind::kClosed);
  EXPECT_TRUE(by_other.ended);
  SendOutcome after;
  scope_.spawn(send_once(*pair_.other, "x", kNever, after));
  run_until_joined();
  EXPECT_EQ(after.result.error().kind, ErrorKind::kClosed);
}

TEST_F(MemoryStreamTest, receiving_goes_on_after_shutdown_send) {
  open();
  Received by_one;
  pair_.one->shutdown_send();
  scope_.spawn(receive_all(*pair_.one, by_one));
  scope_.spawn(send_and_finish(*pair_.other, "still heard"));
  run_until_joined();
  EXPECT_EQ(by_one.bytes, "still heard");
}

TEST_F(MemoryStreamTest, the_peer_of_a_stream_that_is_gone_reads_the_rest_and_the_end) {
  open();
  SendOutcome outcome;
  scope_.spawn(send_once(*pair_.one, "last words", kNever, outcome));
  run_until_joined();
  scope_.spawn(pair_.one->close());
  run_until_joined();
  pair_.one.reset();

  Received received;
  SendOutcome answer;
  scope_.spawn(receive_all(*pair_.other, received));
  scope_.spawn(send_once(*pair_.other, "nobody", kNever, answer));
  run_until_joined();
  EXPECT_EQ(received.bytes, "last words");
  EXPECT_TRUE(received.ended);
  EXPECT_EQ(answer.result.error().kind, ErrorKind::kClosed);
}

Task<void> close_and_look(MemoryStream& stream, const SendOutcome& outcome, bool& told_before) {
  co_await stream.close();
  told_before = outcome.told;
}

TEST_F(MemoryStreamTest, close_waits_for_the_send_under_way) {
  open({.buffer_bytes_max = 1});
  SendOutcome outcome;
  bool told_before = false;
  scope_.spawn(send_once(*pair_.one, "long", kNever, outcome));
  scope_.spawn(close_and_look(*pair_.one, outcome, told_before));
  run_until_joined();
  EXPECT_TRUE(told_before);
  EXPECT_EQ(outcome.result.error().kind, ErrorKind::kClosed);
}

TEST(MemoryStreamDeathTest, must_be_closed_before_it_ends) {
  EXPECT_DEATH(
      {
        SimClock clock;
        Reactor reactor(std::make_unique<SimBackend>(clock), clock);
        const MemoryPair pair = make_memory_pair(reactor);
      },
      "a stream ended without close");
}

}  // namespace
}  // namespace ringtalk::reactor
