// What the tests of the backends share: operations that record what they are told, sockets that
// close themselves, and a reactor that turns until something is so. Test code; one thread.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reactor/backend.h"
#include "reactor/reactor.h"

namespace ringtalk::reactor::testing {

using namespace std::chrono_literals;

/// A descriptor that closes itself.
class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() { close(); }
  [[nodiscard]] int get() const { return descriptor_; }
  void close();
  /// The peer sees ECONNRESET instead of an end.
  void reset();

 private:
  int descriptor_;
};

struct SocketPair {
  Socket near;
  Socket far;
};

/// Two ends of one TCP connection over loopback, both non-blocking.
SocketPair tcp_pair();
/// A listening TCP socket on 127.0.0.1; `port` receives its port.
Socket tcp_listener(std::uint16_t& port, int backlog = 128);
/// A non-blocking TCP socket that is not connected yet.
Socket tcp_socket();
sockaddr_storage loopback_address(std::uint16_t port);
/// A client that has connected (or is about to: the call does not wait for it).
Socket tcp_client(std::uint16_t port);

void write_all(const Socket& socket, std::string_view bytes);
/// What can be read without waiting.
std::string read_available(const Socket& socket);

std::size_t open_descriptors();

/// Bytes that tell where they belong.
std::string pattern(std::size_t bytes);

/// Keeps every result; `then` runs after each and may restart, cancel or destroy.
template <class Base>
class Recorded : public Base {
 public:
  void on_completion(Completion& completion) override {
    EXPECT_EQ(completion.more, this->in_flight());
    EXPECT_EQ(completion.chunk.size(), completion.chunk.empty() ? 0 : completion.result);
    results.push_back(completion.result);
    received += completion.chunk.text();
    if (!completion.more) ++endings;
    if (keeps_chunks && !completion.chunk.empty()) chunks.push_back(std::move(completion.chunk));
    if (then) then(completion);
  }

  std::vector<int> results;
  std::string received;
  std::vector<Chunk> chunks;
  bool keeps_chunks = false;
  int endings = 0;
  std::function<void(Completion&)> then;
};

using Accept = Recorded<AcceptOperation>;
using Receive = Recorded<ReceiveOperation>;
using Send = Recorded<SendOperation>;
using Connect = Recorded<ConnectOperation>;
using Poll = Recorded<PollOperation>;

/// A reactor over one backend. Waiting for something that does not come fails the test.
class BackendTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  BackendTest();
  ~BackendTest() override;

  [[nodiscard]] Backend& backend() { return reactor->backend(); }
  void turn_for(Duration span);
  void turn_until(const std::function<bool()>& is_so);

  void receive(Receive& operation, const Socket& socket);
  void send(Send& operation, const Socket& socket, std::vector<std::string_view> parts);
  void poll(Poll& operation, int descriptor, std::uint32_t events);

  SystemClock clock;
  std::unique_ptr<Reactor> reactor;

 private:
  std::vector<std::unique_ptr<std::vector<iovec>>> parts_;
};

/// "io_uring" or "epoll", for the names of parameterised tests.
std::string name_of(const ::testing::TestParamInfo<BackendKind>& info);

}  // namespace ringtalk::reactor::testing
