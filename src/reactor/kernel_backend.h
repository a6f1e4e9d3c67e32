// KernelBackend: what UringBackend and EpollBackend have in common. A start only queues the
// operation; wait() takes the queue, so nothing completes, blocks or fails before it. Operations
// that must pause are parked here: receives without a buffer, accepts without a descriptor.
// Owned by a Reactor; its thread alone, but wake().
//
//   start ─▶ queued ─wait()─▶ held (by the ring, or the descriptor table) ─▶ finished
//              ▲  └──cancelled──▶ finished          │
//              └────────────── parked ◀─────────────┘
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "reactor/backend.h"

namespace ringtalk::reactor {

/// The receive buffers of one backend: 4 MiB a shard. 8 KiB holds any usual request or frame in one
/// piece; 512 of them serve as many sockets that become readable in one turn.
inline constexpr std::size_t kReceiveBufferBytes = 8 * 1024;
inline constexpr std::size_t kReceiveBuffers = 512;

/// How long accepting rests when the process is out of descriptors or memory: long enough not to
/// spin, short enough that a client in the backlog does not notice much.
inline constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

class KernelBackend : public Backend {
 public:
  /// `wake_descriptor` is an eventfd, owned from now on.
  explicit KernelBackend(int wake_descriptor) : wake_descriptor_(wake_descriptor) {}
  ~KernelBackend() override;

  void accept(AcceptOperation& operation) final { start(operation, Kind::kAccept); }
  void receive(ReceiveOperation& operation) final { start(operation, Kind::kReceive); }
  void send(SendOperation& operation) final;
  void connect(ConnectOperation& operation) final { start(operation, Kind::kConnect); }
  void poll(PollOperation& operation) final { start(operation, Kind::kPoll); }
  void cancel(Operation& operation) final;
  void wake() noexcept final;
  [[nodiscard]] BackendFigures figures() const final { return figures_; }

  /// An eventfd for wake(), or the error of making one.
  [[nodiscard]] static Result<int> open_wake_descriptor();

 protected:
  using Completions = std::vector<Completion>;

  enum class Kind : std::uint8_t { kAccept, kReceive, kSend, kConnect, kPoll };

  /// First in, first out; links lie in the operations.
  class Queue {
   public:
    [[nodiscard]] Operation* first() const { return first_; }
    [[nodiscard]] bool empty() const { return first_ == nullptr; }
    void push(Operation& operation);
    Operation* pop();
    /// Walks the queue. False if the operation is not in it.
    bool remove(Operation& operation);

   private:
    Operation* first_ = nullptr;
    Operation* last_ = nullptr;
  };

  [[nodiscard]] static Kind kind_of(Operation& operation);
  [[nodiscard]] static bool is_held(Operation& operation);
  [[nodiscard]] static bool is_cancelled(Operation& operation);
  static void set_held(Operation& operation, bool held);

  /// To be looked at in the next wait(): begun, begun again, or ended if it was cancelled.
  void enqueue(Operation& operation);
  /// The next queued operation, which leaves the queue.
  Operation* pop_queued();

  /// Waits for a buffer to come back.
  void park_starved(Operation& operation);
  /// Rests for kAcceptPause.
  void park_accept(Operation& operation);
  /// Queues what was parked and may go on; at most as many receives as there are buffers, since a
  /// receive that starves again is work for nothing.
  void unpark(std::size_t buffers_free);
  /// When a parked accept goes on by itself, or kNever.
  [[nodiscard]] Deadline next_unpark() const { return paused_.empty() ? kNever : paused_until_; }

  void append(Completions& completed, Operation& operation, int result, Chunk chunk = {});
  void finish(Completions& completed, Operation& operation, int result);

  const int wake_descriptor_;
  Queue queued_;
  BackendFigures figures_;

 private:
  void start(Operation& operation, Kind kind);

  Queue starved_;
  Queue paused_;
  Deadline paused_until_ = kNever;
};

/// What a failed accept means (accept(2)).
enum class AcceptFailure : std::uint8_t {
  kTransient,  // of one connection that went away: accept the next
  kExhausted,  // no descriptor or memory for now: pause
  kFinal,
};
[[nodiscard]] AcceptFailure classify_accept_failure(int os_error);

}  // namespace ringtalk::reactor
