// Connections that come and go with bytes in flight, on each backend: nothing is left behind.
#include <netinet/in.h>

#include <algorithm>
#include <list>
#include <random>

#include "backend_support.h"

namespace ringtalk::reactor::testing {
namespace {

class BackendStress : public BackendTest {};
INSTANTIATE_TEST_SUITE_P(All, BackendStress,
                         ::testing::Values(BackendKind::kUring, BackendKind::kEpoll), name_of);

/// The server's end of a connection: receives, sends a lot, and closes once both have ended.
class Visit {
 public:
  Visit(Backend& backend, int descriptor, std::string_view bytes)
      : backend_(backend), socket_(descriptor) {
    part_ = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    receive_.descriptor = descriptor;
    send_.descriptor = descriptor;
    send_.parts = &part_;
    send_.part_count = 1;
    receive_.then = [this](Completion& completion) {
      if (!completion.more) backend_.cancel(send_);
    };
    send_.then = [this](Completion&) { backend_.cancel(receive_); };
    backend_.receive(receive_);
    backend_.send(send_);
  }

  void cancel() { backend_.cancel(receive_); }
  [[nodiscard]] bool has_ended() const { return !receive_.in_flight() && !send_.in_flight(); }
  [[nodiscard]] bool has_ended_once() const { return receive_.endings == 1 && send_.endings == 1; }

 private:
  Backend& backend_;
  Socket socket_;
  iovec part_{};
  Receive receive_;
  Send send_;
};

TEST_P(BackendStress, a_thousand_visits_with_bytes_in_flight_leave_nothing_behind) {
  std::mt19937 random(7);
  const std::size_t descriptors_before = open_descriptors();
  const std::string reply(512 * 1024, 'r');
  std::uint16_t port = 0;
  Socket listener = tcp_listener(port);
  std::list<Visit> visits;
  int served = 0;
  Accept accept;
  accept.descriptor = listener.get();
  accept.then = [&](Completion& completion) {
    if (completion.result < 0) return;
    visits.emplace_back(backend(), completion.result, reply);
    ++served;
  };
  backend().accept(accept);

  std::list<Socket> clients;
  for (int i = 0; i < 1000; ++i) {
    Socket& client = clients.emplace_back(tcp_client(port));
    ::send(client.get(), reply.data(), 1 + random() % 100'000, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (random() % 4 != 0) reactor->run_turn(clock.steady_now());
    if (!visits.empty() && random() % 5 == 0) visits.back().cancel();
    if (random() % 3 == 0) (void)read_available(clients.front());
    if (clients.size() > 20) {
      if (random() % 2 == 0) clients.front().reset();
      clients.pop_front();
    }
    visits.remove_if([](const Visit& visit) { return visit.has_ended(); });
  }
  clients.clear();
  turn_until([&] { return served == 1000; });
  turn_until([&] { return std::ranges::all_of(visits, &Visit::has_ended); });
  EXPECT_TRUE(std::ranges::all_of(visits, &Visit::has_ended_once));
  visits.clear();
  backend().cancel(accept);
  turn_until([&] { return accept.endings == 1; });
  listener.close();
  EXPECT_EQ(backend().in_flight(), 0);
  EXPECT_EQ(open_descriptors(), descriptors_before);
}

TEST_P(BackendStress, random_starts_and_cancels_each_end_exactly_once) {
  std::mt19937 random(11);
  const std::string bytes(30'000, 'b');
  constexpr std::size_t kPairs = 40;
  struct Place {
    SocketPair pair;
    Receive receive;
    Send send;
    Poll poll;
    int starts = 0;
  };
  std::vector<Place> places(kPairs);
  for (Place& place : places) place.pair = tcp_pair();
  for (int step = 0; step < 10'000; ++step) {
    Place& place = places[random() % kPairs];
    const auto start_or_cancel = [&](Operation& operation, const auto& start) {
      if (operation.in_flight()) return backend().cancel(operation);
      ++place.starts;
      start();
    };
    switch (random() % 8) {
      case 0:
        start_or_cancel(place.receive, [&] { receive(place.receive, place.pair.near); });
        break;
      case 1:
        start_or_cancel(place.send, [&] { send(place.send, place.pair.far, {bytes, bytes}); });
        break;
      case 2:
        start_or_cancel(place.poll, [&] { poll(place.poll, place.pair.far.get(), 4); });
        break;
      case 3:
        backend().wake();
        break;
      default:
        reactor->run_turn(clock.steady_now());
        break;
    }
  }
  for (Place& place : places) {
    for (Operation* operation :
         {static_cast<Operation*>(&place.receive), static_cast<Operation*>(&place.send),
          static_cast<Operation*>(&place.poll)}) {
      backend().cancel(*operation);
    }
  }
  turn_until([&] { return backend().in_flight() == 0; });
  turn_for(5ms);
  for (const Place& place : places) {
    EXPECT_EQ(place.receive.endings + place.send.endings + place.poll.endings, place.starts);
    EXPECT_EQ(place.receive.received.find_first_not_of('b'), std::string::npos);
  }
}

TEST_P(BackendStress, a_backend_leaves_no_descriptor_when_it_ends) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    Result<BackendChoice> choice = make_backend(GetParam());
    ASSERT_TRUE(choice.has_value());
    EXPECT_EQ(choice->why_not_uring, "");
    EXPECT_GT(open_descriptors(), before);
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace ringtalk::reactor::testing
