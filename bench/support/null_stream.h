// NullStream: a ByteStream into nothing, so that what is measured is our side of a connection
// alone: no kernel, and no copy as MemoryStream makes. A send is done at the next turn; nothing is
// ever received. NullReactor: the reactor for it, on virtual time. Owned by a benchmark; one
// thread.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "reactor/byte_stream.h"
#include "reactor/reactor.h"
#include "reactor/sim_backend.h"

namespace ringtalk::bench {

struct NullReactor {
  /// At once: there is always something to do.
  void run_turn() { reactor.run_turn(reactor.now()); }

  reactor::SimClock clock;
  reactor::Reactor reactor{std::make_unique<reactor::SimBackend>(clock), clock};
};

class NullStream final : public reactor::ByteStream {
 public:
  explicit NullStream(reactor::Reactor& reactor) : reactor_(reactor), done_(*this) {}

  void start_send(std::span<const iovec>, reactor::Deadline deadline, SendWaiter& waiter) override {
    waiter_ = &waiter;
    reactor_.timers().schedule(deadline_, deadline);  // as every stream keeps one
    reactor_.timers().schedule(done_, reactor_.now());
  }
  void shutdown_send() override {}
  void abort() override {}
  [[nodiscard]] reactor::Task<void> close() override { co_return; }
  [[nodiscard]] std::string peer_address() const override { return {}; }
  [[nodiscard]] bool has_received() const override { return false; }
  void wait_received(ReceiveWaiter&, reactor::Deadline) override {}
  [[nodiscard]] reactor::Result<reactor::Chunk> take_received() override {
    return reactor::Chunk();
  }

 private:
  class Done final : public reactor::Timer {
   public:
    explicit Done(NullStream& stream) : stream_(stream) {}

   private:
    void expired() override {
      stream_.deadline_.cancel();
      std::exchange(stream_.waiter_, nullptr)->sent({});
    }
    NullStream& stream_;
  };
  class Never final : public reactor::Timer {
    void expired() override {}
  };

  reactor::Reactor& reactor_;
  SendWaiter* waiter_ = nullptr;
  Never deadline_;
  Done done_;
};

}  // namespace ringtalk::bench
