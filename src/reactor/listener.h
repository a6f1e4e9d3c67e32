// Listener: accepts TCP connections on one shard. Each shard has its own socket on the same address
// (SO_REUSEPORT), so the kernel spreads connections and no shard waits for another. Owned by the
// shard; its thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string>

#include "reactor/operation.h"
#include "reactor/reactor.h"
#include "reactor/result.h"
#include "reactor/task.h"

namespace ringtalk::reactor {

struct ListenAddress {
  std::string host = "127.0.0.1";  // a numeric IPv4 or IPv6 address
  std::uint16_t port = 0;          // 0: the kernel chooses
};

class Listener : Pinned {
 public:
  /// Told of each connection, from the loop; it owns the descriptor from then on.
  class Acceptor {
   public:
    virtual void accepted(int descriptor) = 0;

   protected:
    ~Acceptor() = default;
  };

  /// Whether nobody listens there. open() would not tell: another server of the same user that also
  /// uses SO_REUSEPORT would silently share the port. Asked once, before the first shard listens.
  [[nodiscard]] static Result<void> check_is_free(const ListenAddress& address);

  Listener(Reactor& reactor, Acceptor& acceptor);
  ~Listener();

  /// Binds and begins to accept. Errors name the address; EADDRINUSE is kSystem with that errno.
  [[nodiscard]] Result<void> open(const ListenAddress& address);
  /// The bound port (useful after port 0).
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Stops accepting, waits for the kernel, closes. Connections in the backlog are reset.
  [[nodiscard]] Task<void> close();

 private:
  class Accept final : public AcceptOperation {
   public:
    explicit Accept(Listener& listener) : listener_(listener) {}
    void on_completion(Completion& completion) override;

   private:
    Listener& listener_;
  };

  Reactor& reactor_;
  Acceptor& acceptor_;
  Accept operation_;
  std::coroutine_handle<> closer_;
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  bool closing_ = false;
};

}  // namespace ringtalk::reactor
