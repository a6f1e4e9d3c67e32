#include "reactor/sim_network.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "reactor/result.h"

namespace ringtalk::reactor {
namespace {

constexpr std::uint16_t kFirstFreePort = 49'152;  // as RFC 6335 §6 has the dynamic ports

}  // namespace

std::uint64_t SimRandom::next() {
  state_ += 0x9E37'79B9'7F4A'7C15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  return mixed ^ (mixed >> 31);
}

bool SimRandom::chance(double probability) {
  if (probability <= 0) return false;
  constexpr double kSteps = 1ULL << 53;
  return static_cast<double>(next() >> 11) < probability * kSteps;
}

std::pair<int, int> SimNetwork::open_pair() {
  const int one = open_socket();
  const int other = open_socket();
  join(one, other);
  return {one, other};
}

int SimNetwork::open_socket() {
  const int descriptor = lowest_free();
  sockets_[descriptor];
  return descriptor;
}

int SimNetwork::open_listener(std::uint16_t port) {
  const auto is_taken = [this](std::uint16_t candidate) {
    return std::ranges::any_of(sockets_, [candidate](const auto& entry) {
      return entry.second.listens && entry.second.port == candidate;
    });
  };
  if (port == 0) {
    port = kFirstFreePort;
    while (is_taken(port)) ++port;
  }
  RINGTALK_ASSERT(!is_taken(port), "a simulated port is taken");
  const int descriptor = open_socket();
  sockets_[descriptor].listens = true;
  sockets_[descriptor].port = port;
  return descriptor;
}

std::uint16_t SimNetwork::port_of(int listener) const {
  RINGTALK_ASSERT(is_listener(listener), "only a listener has a port");
  return sockets_.at(listener).port;
}

bool SimNetwork::is_listener(int descriptor) const {
  const auto found = sockets_.find(descriptor);
  return found != sockets_.end() && found->second.listens;
}

void SimNetwork::close(int descriptor, TimePoint now) {
  Socket* socket = find(descriptor);
  RINGTALK_ASSERT(socket != nullptr, "a simulated descriptor was closed twice");
  const std::deque<Waiting> backlog = std::move(socket->backlog);
  for (const Waiting& waiting : backlog) {
    reset(waiting.descriptor);
    close(waiting.descriptor, now);
  }
  if (Socket* peer = peer_of(*socket)) {
    const bool unread = socket->incoming_bytes > 0 && !socket->receive_shut;
    if (unread) reset(descriptor);
    if (!socket->send_shut && !peer->reset) put_under_way(*peer, {}, now);
    peer->peer = -1;
  }
  sockets_.erase(descriptor);
}

void SimNetwork::shut_down(int descriptor, int how, TimePoint now) {
  Socket* socket = find(descriptor);
  if (socket == nullptr || !socket->was_connected) return;
  if (how != SHUT_WR) socket->receive_shut = true;
  if (how == SHUT_RD || socket->send_shut) return;
  socket->send_shut = true;
  if (Socket* peer = peer_of(*socket); peer != nullptr && !peer->reset) {
    put_under_way(*peer, {}, now);
  }
}

void SimNetwork::reset(int descriptor) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return;
  for (Socket* end : {socket, peer_of(*socket)}) {
    if (end == nullptr) continue;
    end->reset = true;
    end->incoming.clear();
    end->incoming_bytes = 0;
  }
}

int SimNetwork::accept(int listener, TimePoint now) {
  Socket* socket = find(listener);
  if (socket == nullptr) return -EBADF;
  if (!socket->listens) return -EINVAL;
  if (socket->backlog.empty() || socket->backlog.front().arrival > now) return -EAGAIN;
  if (random_.chance(faults_.accept_exhausted)) return -EMFILE;
  const int descriptor = socket->backlog.front().descriptor;
  socket->backlog.pop_front();
  return descriptor;
}

int SimNetwork::connect(int descriptor, std::uint16_t port, TimePoint now) {
  const Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (socket->was_connected) return -EISCONN;
  const auto listener = std::ranges::find_if(sockets_, [port](const auto& entry) {
    return entry.second.listens && entry.second.port == port;
  });
  if (listener == sockets_.end()) return -ECONNREFUSED;
  const int accepted = open_socket();
  join(descriptor, accepted);
  const auto& backlog = listener->second.backlog;
  const TimePoint after = backlog.empty() ? now : std::max(now, backlog.back().arrival);
  listener->second.backlog.push_back({.arrival = after + delay(), .descriptor = accepted});
  return 0;
}

int SimNetwork::receive(int descriptor, std::span<std::byte> into, TimePoint now) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (socket->reset) return -ECONNRESET;
  if (!socket->was_connected) return -ENOTCONN;
  if (socket->receive_shut) return 0;
  if (socket->incoming.empty() || socket->incoming.front().arrival > now) return -EAGAIN;

  const bool only_one = random_.chance(faults_.short_receive);
  const std::size_t room = only_one ? std::min<std::size_t>(into.size(), 1) : into.size();
  std::size_t taken = 0;
  while (taken < room && !socket->incoming.empty()) {
    Segment& segment = socket->incoming.front();
    if (segment.arrival > now || segment.bytes.empty()) break;  // an end stays for the next call
    const std::size_t size = std::min(room - taken, segment.bytes.size());
    std::memcpy(into.data() + taken, segment.bytes.data(), size);
    segment.bytes.erase(0, size);
    taken += size;
    if (segment.bytes.empty()) socket->incoming.pop_front();
  }
  socket->incoming_bytes -= taken;
  return static_cast<int>(taken);
}

int SimNetwork::send(int descriptor, std::string_view bytes, TimePoint now) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (random_.chance(faults_.reset)) reset(descriptor);
  if (socket->reset) return -ECONNRESET;
  if (!socket->was_connected) return -ENOTCONN;
  Socket* peer = peer_of(*socket);
  if (socket->send_shut || peer == nullptr) return -EPIPE;
  if (peer->receive_shut) return static_cast<int>(bytes.size());  // lost, as in TCP
  if (bytes.empty()) return 0;

  std::size_t size = std::min(bytes.size(), kBufferBytesMax - peer->incoming_bytes);
  if (size == 0) return -EAGAIN;
  if (random_.chance(faults_.partial_send)) size = 1 + random_.below(size);
  put_under_way(*peer, std::string(bytes.substr(0, size)), now);
  return static_cast<int>(size);
}

std::uint32_t SimNetwork::events(int descriptor, TimePoint now) const {
  const auto found = sockets_.find(descriptor);
  if (found == sockets_.end()) return POLLNVAL;
  const Socket& socket = found->second;
  if (socket.listens) {
    return !socket.backlog.empty() && socket.backlog.front().arrival <= now ? POLLIN : 0;
  }
  if (!socket.was_connected) return POLLOUT | POLLHUP;
  if (socket.reset) return POLLIN | POLLOUT | POLLERR | POLLHUP;

  std::uint32_t events = 0;
  const bool arrived = !socket.incoming.empty() && socket.incoming.front().arrival <= now;
  if (arrived || socket.receive_shut) events |= POLLIN;
  const bool ended = arrived && socket.incoming.front().bytes.empty();
  if (ended && socket.send_shut) events |= POLLHUP;
  const auto peer = sockets_.find(socket.peer);
  const bool takes_bytes = peer == sockets_.end() || peer->second.incoming_bytes < kBufferBytesMax;
  if (takes_bytes || socket.send_shut) events |= POLLOUT;
  return events;
}

std::optional<TimePoint> SimNetwork::next_arrival(TimePoint now) const {
  std::optional<TimePoint> next;
  const auto consider = [&](TimePoint arrival) {
    if (arrival > now && (!next || arrival < *next)) next = arrival;
  };
  for (const auto& [descriptor, socket] : sockets_) {
    // Within a queue arrivals only rise: the first that lies ahead is the next.
    for (const Segment& segment : socket.incoming) {
      consider(segment.arrival);
      if (segment.arrival > now) break;
    }
    for (const Waiting& waiting : socket.backlog) {
      consider(waiting.arrival);
      if (waiting.arrival > now) break;
    }
  }
  return next;
}

Duration SimNetwork::delay() {
  if (faults_.delay_max <= Duration::zero()) return Duration::zero();
  const auto bound = static_cast<std::uint64_t>(faults_.delay_max.count()) + 1;
  return Duration(static_cast<Duration::rep>(random_.below(bound)));
}

int SimNetwork::lowest_free() const {
  int candidate = kFirstDescriptor;
  for (const auto& [descriptor, socket] : sockets_) {
    if (descriptor != candidate) break;
    ++candidate;
  }
  return candidate;
}

SimNetwork::Socket* SimNetwork::find(int descriptor) {
  const auto found = sockets_.find(descriptor);
  return found == sockets_.end() ? nullptr : &found->second;
}

void SimNetwork::join(int one, int other) {
  sockets_[one].peer = other;
  sockets_[other].peer = one;
  sockets_[one].was_connected = sockets_[other].was_connected = true;
}

void SimNetwork::put_under_way(Socket& receiver, std::string bytes, TimePoint now) {
  TimePoint arrival = now + delay();
  if (!receiver.incoming.empty()) arrival = std::max(arrival, receiver.incoming.back().arrival);
  receiver.incoming_bytes += bytes.size();
  receiver.incoming.push_back({.arrival = arrival, .bytes = std::move(bytes)});
}

}  // namespace ringtalk::reactor
