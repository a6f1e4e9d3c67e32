#include "reactor/sim_backend.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "reactor/reactor.h"

namespace ringtalk::reactor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Operations that remember their results.
template <class Base>
class Recording final : public Base {
 public:
  explicit Recording(int descriptor) { this->descriptor = descriptor; }
  void on_completion(Completion& completion) override {
    results.push_back(completion.result);
    bytes += completion.chunk.text();
    if (kept_chunks_max > chunks.size()) chunks.push_back(std::move(completion.chunk));
    if (!completion.more) ended = true;
    if (on_result) on_result(completion.result);
  }
  std::vector<int> results;
  std::string bytes;
  std::vector<Chunk> chunks;
  std::size_t kept_chunks_max = 0;
  bool ended = false;
  std::function<void(int)> on_result;
};
using Accept = Recording<AcceptOperation>;
using Receive = Recording<ReceiveOperation>;
using Connect = Recording<ConnectOperation>;
using Poll = Recording<PollOperation>;

class Send final : public SendOperation {
 public:
  Send(int socket, std::string what) : text_(std::move(what)), part_{text_.data(), text_.size()} {
    descriptor = socket;
    parts = &part_;
    part_count = 1;
  }
  void on_completion(Completion& completion) override { results.push_back(completion.result); }
  std::vector<int> results;

 private:
  std::string text_;
  iovec part_;
};

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
  return bytes;
}

// A backend and the reactor that turns it.
struct Simulation {
  explicit Simulation(SimOptions options = {})
      : owned(std::make_unique<SimBackend>(clock, options)),
        backend(*owned),
        reactor(std::move(owned), clock) {}
  void run_for(Duration span) {
    const Deadline end = reactor.now() + span;
    while (reactor.now() < end) reactor.run_turn(end);
  }
  SimClock clock;
  std::unique_ptr<SimBackend> owned;
  SimBackend& backend;
  Reactor reactor;
};

TEST(SimBackend, carries_bytes_and_the_end_between_a_pair) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(other);
  Send send(one, "hello");
  sim.backend.receive(receive);
  sim.backend.send(send);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.bytes, "hello");
  EXPECT_EQ(send.results, std::vector{5});
  EXPECT_FALSE(receive.ended);

  sim.backend.close(one);
  sim.run_for(milliseconds(1));
  EXPECT_TRUE(receive.ended);
  EXPECT_EQ(receive.results.back(), 0);
  sim.backend.close(other);
  EXPECT_EQ(sim.backend.network().open_count(), 0U);
}

TEST(SimBackend, time_stands_still_but_in_waits_and_jumps_to_deadlines) {
  Simulation sim;
  const TimePoint begin = sim.clock.steady_now();
  const std::int64_t unix_begin = sim.clock.unix_milliseconds();
  sim.reactor.run_turn(begin + seconds(3'600));
  EXPECT_EQ(sim.clock.steady_now(), begin + seconds(3'600));
  EXPECT_EQ(sim.clock.unix_milliseconds(), unix_begin + 3'600'000);
  sim.reactor.run_turn(begin);
  EXPECT_EQ(sim.clock.steady_now(), begin + seconds(3'600));
}

TEST(SimBackend, accepts_connections_in_order_and_until_cancelled) {
  Simulation sim;
  const int listener = sim.backend.listen(8080);
  Accept accept(listener);
  sim.backend.accept(accept);
  const int first = sim.backend.connect_to(listener);
  const int second = sim.backend.connect_to(listener);
  sim.run_for(milliseconds(1));
  ASSERT_EQ(accept.results.size(), 2U);
  EXPECT_FALSE(accept.ended);

  Send send(second, "from the second");
  Receive receive(accept.results[1]);
  sim.backend.send(send);
  sim.backend.receive(receive);
  sim.backend.cancel(accept);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.bytes, "from the second");
  EXPECT_TRUE(accept.ended);
  EXPECT_EQ(accept.results.back(), -ECANCELED);
  for (const int client : {first, second}) sim.backend.close(client);
  sim.run_for(milliseconds(1));
  EXPECT_TRUE(receive.ended);
}

void set_port(ConnectOperation& connect, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  std::memcpy(&connect.address, &address, sizeof address);
  connect.address_length = sizeof address;
}

TEST(SimBackend, connects_to_a_listening_port_and_to_no_other) {
  Simulation sim({.faults = {.delay_max = milliseconds(20)}});
  const int listener = sim.backend.listen(8080);
  Accept accept(listener);
  sim.backend.accept(accept);
  Connect connect(sim.backend.open_socket());
  Connect refused(sim.backend.open_socket());
  set_port(connect, 8080);
  set_port(refused, 8081);
  sim.backend.connect(connect);
  sim.backend.connect(refused);
  sim.run_for(milliseconds(50));
  EXPECT_EQ(connect.results, std::vector{0});
  EXPECT_EQ(refused.results, std::vector{-ECONNREFUSED});
  EXPECT_EQ(accept.results.size(), 1U);
  sim.backend.cancel(accept);
  sim.run_for(milliseconds(1));
}

TEST(SimBackend, closing_a_listener_resets_those_who_wait_at_it) {
  Simulation sim;
  const int listener = sim.backend.listen();
  Receive receive(sim.backend.connect_to(listener));
  sim.backend.receive(receive);
  sim.backend.close(listener);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.results, std::vector{-ECONNRESET});
}

TEST(SimBackend, a_sender_waits_for_a_reader_past_the_buffer) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Send at_bound(one, std::string(SimNetwork::kBufferBytesMax, 'x'));
  sim.backend.send(at_bound);
  sim.run_for(seconds(1));
  EXPECT_EQ(at_bound.results.size(), 1U);

  Send past_it(one, "y");
  sim.backend.send(past_it);
  sim.run_for(seconds(1));
  EXPECT_TRUE(past_it.results.empty());

  Receive receive(other);
  sim.backend.receive(receive);
  sim.run_for(seconds(1));
  EXPECT_EQ(past_it.results, std::vector{1});
  EXPECT_EQ(receive.bytes.size(), SimNetwork::kBufferBytesMax + 1);
  sim.backend.close(one);
  sim.run_for(milliseconds(1));
}

TEST(SimBackend, time_does_not_pass_while_bytes_can_move) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation sim({.seed = seed});
    const auto [one, other] = sim.backend.connect_pair();
    Receive receive(other);
    Send send(one, std::string(2 * SimNetwork::kBufferBytesMax, 'x'));
    sim.backend.receive(receive);
    sim.backend.send(send);
    const TimePoint begin = sim.reactor.now();
    while (send.results.empty()) sim.reactor.run_turn(begin + seconds(1));
    EXPECT_EQ(sim.reactor.now(), begin);
    sim.backend.close(one);
    while (!receive.ended) sim.reactor.run_turn(kNever);
  }
}

TEST(SimBackend, closing_with_bytes_unread_resets_the_peer) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(one);
  Send send(one, "never read");
  sim.backend.receive(receive);
  sim.backend.send(send);
  sim.run_for(milliseconds(1));
  sim.backend.close(other);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.results, std::vector{-ECONNRESET});
}

TEST(SimBackend, parks_a_receive_without_a_buffer_until_one_comes_back) {
  Simulation sim({.receive_buffers = 1});
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(other);
  receive.kept_chunks_max = 1;
  Send send(one, std::string(2 * SimBackend::kChunkBytesMax, 'x'));
  sim.backend.receive(receive);
  sim.backend.send(send);
  sim.run_for(milliseconds(10));
  EXPECT_EQ(receive.bytes.size(), SimBackend::kChunkBytesMax);
  EXPECT_EQ(sim.backend.figures().starved, 1U);

  receive.kept_chunks_max = 0;
  receive.chunks.clear();
  sim.run_for(milliseconds(10));
  EXPECT_EQ(receive.bytes.size(), 2 * SimBackend::kChunkBytesMax);
  sim.backend.close(one);
  sim.run_for(milliseconds(1));
}

TEST(SimBackend, cancels_every_kind_of_operation_with_one_last_completion) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  ASSERT_EQ(sim.backend.network().send(one, std::string(SimNetwork::kBufferBytesMax, 'x'),
                                       sim.clock.steady_now()),
            static_cast<int>(SimNetwork::kBufferBytesMax));
  Receive receive(one);
  Send send(one, "no room");
  Poll poll(other);
  poll.events = 0;
  Accept accept(sim.backend.listen());
  sim.backend.receive(receive);
  sim.backend.send(send);
  sim.backend.poll(poll);
  sim.backend.accept(accept);
  EXPECT_EQ(sim.backend.in_flight(), 4U);
  sim.run_for(milliseconds(1));
  const std::vector<Operation*> operations{&receive, &send, &poll, &accept};
  for (Operation* operation : operations) {
    sim.backend.cancel(*operation);
    sim.backend.cancel(*operation);
  }
  EXPECT_EQ(sim.backend.in_flight(), 4U);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(sim.backend.in_flight(), 0U);
  for (const auto& results : {receive.results, send.results, poll.results, accept.results}) {
    EXPECT_EQ(results, std::vector{-ECANCELED});
  }
  for (Operation* operation : operations) sim.backend.cancel(*operation);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.results.size(), 1U);
}

TEST(SimBackend, a_receive_may_be_restarted_from_its_last_completion) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(other);
  receive.on_result = [&](int result) {
    if (result == -ECANCELED) sim.backend.receive(receive);
  };
  sim.backend.receive(receive);
  sim.backend.cancel(receive);
  sim.run_for(milliseconds(1));
  EXPECT_TRUE(receive.in_flight());
  Send send(one, "again");
  sim.backend.send(send);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.bytes, "again");
  sim.backend.close(one);
  sim.run_for(milliseconds(1));
}

TEST(SimBackend, polls_what_is_ready) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Poll readable(other);
  readable.events = POLLIN;
  Poll writable(other);
  writable.events = POLLOUT;
  sim.backend.poll(readable);
  sim.backend.poll(writable);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(writable.results, std::vector<int>{POLLOUT});
  EXPECT_TRUE(readable.results.empty());
  Send send(one, "x");
  sim.backend.send(send);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(readable.results, std::vector<int>{POLLIN});
}

TEST(SimBackend, is_woken_by_another_thread) {
  Simulation sim;
  bool read = false;
  std::thread poster([&] { sim.reactor.mailbox().post_answer([&] { read = true; }); });
  while (!read) sim.reactor.run_turn(kNever);
  poster.join();
}

TEST(SimBackend, a_wake_ends_the_next_wait_before_time_passes) {
  Simulation sim;
  const TimePoint begin = sim.reactor.now();
  sim.backend.wake();
  sim.reactor.run_turn(begin + seconds(1));
  EXPECT_EQ(sim.reactor.now(), begin);
  sim.reactor.run_turn(begin + seconds(1));
  EXPECT_EQ(sim.reactor.now(), begin + seconds(1));
}

// --- faults ---

struct Story {
  std::vector<int> receive_results;
  std::string bytes;
  TimePoint end;
  bool operator==(const Story&) const = default;
};

Story send_through_faults(std::uint64_t seed, const std::string& bytes) {
  Simulation sim(
      {.seed = seed,
       .faults = {.short_receive = 0.3, .partial_send = 0.5, .delay_max = milliseconds(3)}});
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(other);
  Send send(one, bytes);
  sim.backend.receive(receive);
  sim.backend.send(send);
  while (send.results.empty()) sim.reactor.run_turn(kNever);
  EXPECT_EQ(send.results, std::vector{static_cast<int>(bytes.size())});
  sim.backend.close(one);
  while (!receive.ended) sim.reactor.run_turn(kNever);
  sim.backend.close(other);
  return {.receive_results = receive.results, .bytes = receive.bytes, .end = sim.reactor.now()};
}

TEST(SimBackend, faults_tear_and_delay_bytes_but_keep_them_whole_and_in_order) {
  const std::string bytes = pattern(100'000);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Story story = send_through_faults(seed, bytes);
    EXPECT_EQ(story.bytes, bytes) << "seed " << seed;
    EXPECT_GT(std::ranges::count(story.receive_results, 1), 0) << "seed " << seed;
  }
}

TEST(SimBackend, the_same_seed_tells_the_same_story_and_another_one_another) {
  const std::string bytes = pattern(20'000);
  EXPECT_EQ(send_through_faults(5, bytes), send_through_faults(5, bytes));
  EXPECT_NE(send_through_faults(5, bytes), send_through_faults(6, bytes));
}

TEST(SimBackend, resets_reach_both_ends) {
  Simulation sim({.faults = {.reset = 1}});
  const auto [one, other] = sim.backend.connect_pair();
  Receive by_one(one);
  Receive by_other(other);
  Send send(one, "x");
  sim.backend.receive(by_one);
  sim.backend.receive(by_other);
  sim.backend.send(send);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(send.results, std::vector{-ECONNRESET});
  EXPECT_EQ(by_one.results, std::vector{-ECONNRESET});
  EXPECT_EQ(by_other.results, std::vector{-ECONNRESET});
}

TEST(SimBackend, pauses_accepting_after_it_ran_out_of_descriptors) {
  Simulation sim({.faults = {.accept_exhausted = 1}});
  const int listener = sim.backend.listen();
  Accept accept(listener);
  sim.backend.accept(accept);
  const int client = sim.backend.connect_to(listener);
  sim.run_for(milliseconds(99));
  EXPECT_EQ(accept.results, std::vector{-EMFILE});
  sim.run_for(milliseconds(2));
  EXPECT_EQ(accept.results.size(), 2U);
  EXPECT_FALSE(accept.ended);
  sim.backend.cancel(accept);
  sim.run_for(milliseconds(1));
  sim.backend.close(client);
  sim.backend.close(listener);
  EXPECT_EQ(sim.backend.network().open_count(), 0U);
}

TEST(SimBackend, gives_the_lowest_free_number_to_the_next_descriptor) {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  sim.backend.close(one);
  EXPECT_EQ(sim.backend.open_socket(), one);
  EXPECT_GT(sim.backend.open_socket(), other);
}

TEST(SimBackend, unknown_descriptors_are_bad) {
  Simulation sim;
  Receive receive(7);
  Poll poll(7);
  sim.backend.receive(receive);
  sim.backend.poll(poll);
  sim.run_for(milliseconds(1));
  EXPECT_EQ(receive.results, std::vector{-EBADF});
  EXPECT_EQ(poll.results, std::vector{-EBADF});
}

void close_under_a_receive() {
  Simulation sim;
  const auto [one, other] = sim.backend.connect_pair();
  Receive receive(other);
  sim.backend.receive(receive);
  sim.backend.close(other);
}

TEST(SimBackendDeathTest, a_descriptor_must_not_be_closed_under_an_operation) {
  EXPECT_DEATH(close_under_a_receive(), "a descriptor was closed under an operation in flight");
}

}  // namespace
}  // namespace ringtalk::reactor
