#include "reactor/send_queue.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reactor/sim_backend.h"
#include "reactor/task_scope.h"
#include "run_task.h"

namespace ringtalk::reactor {
namespace {

using std::chrono::seconds;

constexpr Duration kTimeout = seconds(30);
constexpr std::size_t kMebibyte = 1024UL * 1024;

// Notes each write and ends it when the test says so.
class NotingStream final : public ByteStream {
 public:
  struct Write {
    std::string bytes;
    std::vector<const void*> places;
    Deadline deadline;
  };

  void start_send(std::span<const iovec> parts, Deadline deadline, SendWaiter& waiter) override {
    ASSERT_EQ(waiter_, nullptr) << "one write in flight";
    waiter_ = &waiter;
    Write& write = writes.emplace_back(Write{.deadline = deadline});
    for (const iovec& part : parts) {
      write.bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
      write.places.push_back(part.iov_base);
    }
  }
  void finish_write(Result<void> result = {}) {
    std::exchange(waiter_, nullptr)->sent(std::move(result));
  }

  void shutdown_send() override {}
  void abort() override {}
  Task<void> close() override { co_return; }
  std::string peer_address() const override { return {}; }

  std::vector<Write> writes;

 protected:
  bool has_received() const override { return true; }
  void wait_received(ReceiveWaiter&, Deadline) override {}
  Result<Chunk> take_received() override { return Chunk(); }

 private:
  SendWaiter* waiter_ = nullptr;
};

class SendQueueTest : public ::testing::Test {
 protected:
  void turn() { reactor.run_turn(reactor.now()); }
  [[nodiscard]] const NotingStream::Write& last_write() const { return stream.writes.back(); }
  void push_and_send(std::string_view bytes) {
    queue.push(bytes);
    turn();
    stream.finish_write();
  }
  Task<void> wait_drained(std::size_t bytes_left, std::vector<std::string>& log, std::string name) {
    const Result<void> drained = co_await queue.drained(bytes_left);
    log.push_back(name + (drained ? "" : " failed"));
  }

  SimClock clock;
  Reactor reactor{std::make_unique<SimBackend>(clock), clock};
  NotingStream stream;
  SendQueue queue{reactor, stream, kTimeout};
  TaskScope scope;
};

TEST_F(SendQueueTest, sends_all_pieces_of_a_turn_in_one_write_before_the_loop_sleeps) {
  queue.push("a");
  queue.push("b");
  queue.push(SharedBytes("c"));
  std::string& tail = queue.tail();
  tail += "de";
  queue.wrote(2);
  EXPECT_TRUE(stream.writes.empty()) << "not before the turn ends";
  EXPECT_EQ(queue.bytes(), 5U);
  turn();
  ASSERT_EQ(stream.writes.size(), 1U);
  EXPECT_EQ(last_write().bytes, "abcde");
  EXPECT_EQ(last_write().places.size(), 1U) << "small pieces are copied together";
  EXPECT_EQ(last_write().deadline, reactor.now() + kTimeout);
  stream.finish_write();
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(queue.bytes_sent(), 5U);
  turn();
  EXPECT_EQ(stream.writes.size(), 1U) << "nothing left, nothing sent";
}

TEST_F(SendQueueTest, gathers_what_comes_during_a_write_for_the_next_one) {
  queue.push("first");
  turn();
  queue.push("second ");
  turn();
  queue.push("third");
  turn();
  EXPECT_EQ(stream.writes.size(), 1U);
  EXPECT_EQ(queue.bytes(), 17U);
  stream.finish_write();
  EXPECT_EQ(queue.bytes(), 12U);
  turn();
  EXPECT_EQ(last_write().bytes, "second third");
  stream.finish_write();
}

TEST_F(SendQueueTest, keeps_copied_and_shared_parts_in_order_and_refers_to_large_ones) {
  const SharedBytes at_bound(std::string(1024, 'c'));
  const SharedBytes large(std::string(1025, 's'));
  queue.push("before ");
  queue.push(large);
  queue.push(" between ");
  queue.push(at_bound);
  queue.push(large);
  queue.push(large);
  queue.push(" after");
  turn();
  const std::string text(large.text());
  EXPECT_EQ(last_write().bytes,
            "before " + text + " between " + std::string(at_bound.text()) + text + text + " after");
  ASSERT_EQ(last_write().places.size(), 6U);
  EXPECT_EQ(last_write().places[1], large.text().data());
  EXPECT_EQ(last_write().places[3], large.text().data());
  stream.finish_write();
}

TEST_F(SendQueueTest, holds_shared_bytes_until_they_were_sent) {
  auto shared = std::make_unique<SharedBytes>(std::string(5000, 's'));
  queue.push(*shared);
  shared.reset();
  turn();
  EXPECT_EQ(last_write().bytes, std::string(5000, 's'));
  stream.finish_write();
}

TEST_F(SendQueueTest, refers_to_a_small_shared_piece_that_stands_alone) {
  const SharedBytes frame("frame");
  queue.push(frame);
  turn();
  EXPECT_EQ(last_write().places, std::vector<const void*>{frame.text().data()});
  stream.finish_write();
}

TEST_F(SendQueueTest, copies_it_as_soon_as_something_follows) {
  const SharedBytes frame("frame ");
  const std::string large(1025, 'l');
  using Follow = std::function<void()>;
  const Follow follows[] = {[&] { queue.push("next"); }, [&] { queue.push(SharedBytes("next")); },
                            [&] {
                              queue.tail() += "next";
                              queue.wrote(4);
                            }};
  for (const Follow& follow : follows) {
    queue.push(frame);
    follow();
    queue.push(SharedBytes(large));
    turn();
    EXPECT_EQ(last_write().bytes, "frame next" + large);
    EXPECT_EQ(last_write().places.size(), 2U);
    stream.finish_write();
  }
}

TEST_F(SendQueueTest, writes_a_mebibyte_at_once_and_one_byte_more_in_two) {
  const SharedBytes half(std::string(kMebibyte / 2, 'h'));
  for (const char* rest : {"", "x"}) {
    queue.push(half);
    queue.push(half);
    queue.push(rest);
    turn();
    EXPECT_EQ(last_write().bytes.size(), kMebibyte);
    stream.finish_write();
    turn();
  }
  EXPECT_EQ(stream.writes.size(), 3U);
  EXPECT_EQ(last_write().bytes, "x");
  stream.finish_write();
  EXPECT_EQ(queue.bytes_sent(), 2 * kMebibyte + 1);
}

TEST_F(SendQueueTest, a_part_larger_than_a_write_goes_alone) {
  queue.push("small");
  queue.push(SharedBytes(std::string(3 * kMebibyte, 'l')));
  queue.push("small again");
  for (const std::size_t size : {5UL, 3 * kMebibyte, 11UL}) {
    turn();
    EXPECT_EQ(last_write().bytes.size(), size);
    stream.finish_write();
  }
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(SendQueueTest, writes_512_parts_at_once_and_one_more_in_two) {
  const SharedBytes part(std::string(1025, 'p'));
  for (int i = 0; i < 513; ++i) queue.push(part);
  turn();
  EXPECT_EQ(last_write().places.size(), 512U);
  stream.finish_write();
  EXPECT_EQ(queue.bytes(), part.size());
  turn();
  EXPECT_EQ(last_write().places.size(), 1U);
  stream.finish_write();
}

// A short string keeps its bytes inside itself, so they move with it when the parts are split.
TEST_F(SendQueueTest, short_strings_survive_the_split_of_a_long_queue) {
  const SharedBytes part(std::string(1025, 'p'));
  std::string expected;
  for (int i = 0; i < 600; ++i) {
    queue.push(std::to_string(i));
    queue.push(part);
    expected += std::to_string(i) + std::string(part.text());
  }
  std::string sent;
  while (queue.bytes() > 0) {
    turn();
    sent += last_write().bytes;
    stream.finish_write();
  }
  EXPECT_EQ(sent, expected);
}

TEST_F(SendQueueTest, drained_wakes_each_waiter_at_its_own_mark) {
  std::vector<std::string> log;
  queue.push(std::string(100, 'a'));
  turn();
  queue.push(std::string(50, 'b'));
  scope.spawn(wait_drained(0, log, "none left"));
  scope.spawn(wait_drained(50, log, "at the mark"));
  scope.spawn(wait_drained(49, log, "one below"));
  scope.spawn(wait_drained(150, log, "ready already"));
  EXPECT_EQ(log, std::vector<std::string>({"ready already"}));
  stream.finish_write();
  EXPECT_EQ(log.size(), 1U) << "resumed from the loop, not from the completion";
  turn();
  EXPECT_EQ(log, std::vector<std::string>({"ready already", "at the mark"}));
  stream.finish_write();
  turn();
  EXPECT_EQ(log,
            std::vector<std::string>({"ready already", "at the mark", "none left", "one below"}));
}

TEST_F(SendQueueTest, a_failed_write_drops_what_waits_and_tells_everybody) {
  std::vector<std::string> log;
  queue.push("lost");
  turn();
  queue.push("never sent");
  scope.spawn(wait_drained(0, log, "first"));
  scope.spawn(wait_drained(4, log, "second"));
  stream.finish_write(fail(ErrorKind::kTimedOut, "slow"));
  EXPECT_TRUE(queue.has_failed());
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(queue.bytes_sent(), 0U);
  queue.push("dropped");
  queue.push(SharedBytes(std::string(5000, 'd')));
  queue.tail() += "dropped, too";
  queue.wrote(12);
  EXPECT_EQ(queue.bytes(), 0U);
  turn();
  EXPECT_EQ(log, std::vector<std::string>({"first failed", "second failed"}));
  EXPECT_EQ(stream.writes.size(), 1U);
  scope.spawn(wait_drained(1000, log, "later"));
  EXPECT_EQ(log.back(), "later failed");
}

TEST_F(SendQueueTest, gives_its_memory_back_when_it_is_drained) {
  push_and_send(std::string(50'000, 'x'));
  EXPECT_LT(queue.tail().capacity(), 100U);
}

TEST_F(SendQueueTest, a_tail_that_nothing_was_written_to_is_neither_sent_nor_waited_for) {
  static_cast<void>(queue.tail());
  queue.wrote(0);
  queue.push("");
  turn();
  EXPECT_TRUE(stream.writes.empty());
  push_and_send("x");
  EXPECT_EQ(last_write().bytes, "x");
}

TEST_F(SendQueueTest, is_forgotten_by_the_reactor_when_it_ends_before_the_turn_does) {
  {
    SendQueue short_lived(reactor, stream, kTimeout);
    short_lived.push("never sent");
  }
  turn();
  EXPECT_TRUE(stream.writes.empty());
}

TEST(SendQueueDeathTest, must_not_end_with_a_write_in_flight) {
  EXPECT_DEATH(
      {
        SimClock clock;
        Reactor reactor(std::make_unique<SimBackend>(clock), clock);
        NotingStream stream;
        SendQueue queue(reactor, stream, kTimeout);
        queue.push("x");
        reactor.run_turn(reactor.now());
      },
      "a send queue ended with a write in flight");
}

}  // namespace
}  // namespace ringtalk::reactor
