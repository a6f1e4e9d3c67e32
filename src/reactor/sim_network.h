// SimNetwork: the simulated descriptors behind SimBackend: pairs, listeners, bytes under way, and
// what may go wrong with them. Time is whatever the caller says; chance comes from one seed, so a
// run repeats exactly. Knows no operations. Owned by a SimBackend; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "reactor/clock.h"
#include "reactor/pinned.h"

namespace ringtalk::reactor {

/// SplitMix64: the same numbers from the same seed on every machine.
class SimRandom {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next();
  /// 0 … bound − 1; bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  [[nodiscard]] bool chance(double probability);

 private:
  std::uint64_t state_;
};

/// Chances are from 0 (never, the default) to 1.
struct SimFaults {
  double short_receive = 0;     // a receive hands over a single byte; the rest comes after it
  double partial_send = 0;      // the kernel takes only a part of what it could
  double reset = 0;             // of a connection, at each send
  double accept_exhausted = 0;  // of an accept: −EMFILE first
  Duration delay_max{};         // of connects and of bytes under way, never out of order
};

class SimNetwork : Pinned {
 public:
  /// What a direction holds, under way and unread, before its sender must wait.
  static constexpr std::size_t kBufferBytesMax = 64 * 1024;
  /// Real descriptors are smaller: a real call with a simulated one fails with EBADF.
  static constexpr int kFirstDescriptor = 1'000'000;

  SimNetwork(std::uint64_t seed, SimFaults faults) : random_(seed), faults_(faults) {}

  // Descriptors. New ones are the lowest free numbers, as a kernel's.
  std::pair<int, int> open_pair();
  int open_socket();
  /// `port` 0: one that is free. Connecting needs nothing but the port.
  int open_listener(std::uint16_t port);
  [[nodiscard]] std::uint16_t port_of(int listener) const;
  [[nodiscard]] bool is_open(int descriptor) const { return sockets_.contains(descriptor); }
  [[nodiscard]] bool is_listener(int descriptor) const;
  [[nodiscard]] std::size_t open_count() const { return sockets_.size(); }
  /// As close(2): the peer reads an end after the bytes under way, or a reset if bytes were unread.
  void close(int descriptor, TimePoint now);
  /// As shutdown(2); `how` is SHUT_RD, SHUT_WR or SHUT_RDWR.
  void shut_down(int descriptor, int how, TimePoint now);
  /// Both ends fail with ECONNRESET; unread bytes are gone.
  void reset(int descriptor);

  // Calls that do not block: ≥ 0, or −errno; −EAGAIN: not now.
  /// The new connection's descriptor.
  [[nodiscard]] int accept(int listener, TimePoint now);
  [[nodiscard]] int connect(int descriptor, std::uint16_t port, TimePoint now);
  [[nodiscard]] int receive(int descriptor, std::span<std::byte> into, TimePoint now);
  [[nodiscard]] int send(int descriptor, std::string_view bytes, TimePoint now);
  /// poll(2) events that hold now.
  [[nodiscard]] std::uint32_t events(int descriptor, TimePoint now) const;

  /// When the next thing that is under way arrives; none if nothing is.
  [[nodiscard]] std::optional<TimePoint> next_arrival(TimePoint now) const;
  [[nodiscard]] Duration delay();
  [[nodiscard]] SimRandom& random() { return random_; }
  [[nodiscard]] const SimFaults& faults() const { return faults_; }

 private:
  struct Segment {
    TimePoint arrival;
    std::string bytes;  // empty: the end
  };
  struct Waiting {  // a connection that nobody has accepted yet
    TimePoint arrival;
    int descriptor;
  };
  struct Socket {
    int peer = -1;  // none: not connected, or the peer is closed
    bool was_connected = false;
    bool listens = false;
    bool reset = false;
    bool receive_shut = false;
    bool send_shut = false;
    std::uint16_t port = 0;
    std::size_t incoming_bytes = 0;
    std::deque<Segment> incoming;
    std::deque<Waiting> backlog;
  };

  [[nodiscard]] int lowest_free() const;
  [[nodiscard]] Socket* find(int descriptor);
  [[nodiscard]] Socket* peer_of(const Socket& socket) { return find(socket.peer); }
  void join(int one, int other);
  void put_under_way(Socket& receiver, std::string bytes, TimePoint now);

  SimRandom random_;
  const SimFaults faults_;
  std::map<int, Socket> sockets_;
};

}  // namespace ringtalk::reactor
