// EpollBackend: waits for readiness, does the call itself and completes the operation, so that it
// looks like io_uring from outside. Level-triggered: what a turn does not read is reported again,
// which bounds how long one busy socket may hold the others up. Descriptors are non-blocking
// sockets (a polled one may be anything that epoll takes).
//
// The table has an entry a descriptor with the operations that wait for it; a descriptor that
// nobody waits for is not watched, so nothing is left of it when its owner closes it.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <vector>

#include "reactor/buffer_pool.h"
#include "reactor/kernel_backend.h"

namespace ringtalk::reactor {

class EpollBackend final : public KernelBackend {
 public:
  [[nodiscard]] static Result<std::unique_ptr<EpollBackend>> open();
  ~EpollBackend() override;

  [[nodiscard]] std::string_view name() const override { return "epoll"; }
  void wait(Deadline until, std::vector<Completion>& completed) override;

 private:
  /// Events that one system call brings; the kernel hands out the rest in the next turn.
  static constexpr std::size_t kEventsPerTurn = 512;

  struct Entry {
    Operation* reader = nullptr;  // accept or receive
    Operation* writer = nullptr;  // send or connect
    Operation* poller = nullptr;
    std::uint32_t watched = 0;  // the events that epoll was asked for
  };

  EpollBackend(int wake_descriptor, int epoll_descriptor);

  void take_queued(Completions& completed);
  void begin(Operation& operation, Completions& completed);
  void wait_for_events(Deadline until);
  void handle(const epoll_event& event, Completions& completed);

  void accept_ready(AcceptOperation& operation, Completions& completed);
  void receive_ready(ReceiveOperation& operation, Completions& completed);
  /// True when the send has finished; false when the socket is full.
  bool try_send(SendOperation& operation, Completions& completed);
  bool try_connect(ConnectOperation& operation, Completions& completed);
  void connect_ready(ConnectOperation& operation, Completions& completed);

  [[nodiscard]] static int descriptor_of(Operation& operation);
  [[nodiscard]] Operation*& slot_of(Operation& operation);
  void attach(Operation& operation, Completions& completed);
  void detach(Operation& operation);
  /// detach(), then finish(). The interest is updated by the caller.
  void end(Completions& completed, Operation& operation, int result);
  /// Asks epoll for what the entry's operations wait for; ends them if epoll refuses.
  void watch(int descriptor, Completions& completed);

  const int epoll_descriptor_;
  BufferPool buffers_;
  std::vector<Entry> entries_;  // by descriptor
  std::array<epoll_event, kEventsPerTurn> events_{};
  std::size_t event_count_ = 0;  // of the last wait_for_events()
  bool has_pwait2_ = true;
};

}  // namespace ringtalk::reactor
