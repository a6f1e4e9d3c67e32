// SimBackend: a kernel made of memory, for tests and seeded simulations. Keeps the contract of
// backend.h over simulated descriptors; its clock stands still but in wait(), which sets it forward
// to whatever comes next. The same seed and the same calls give the same run, as long as no other
// thread calls wake(). Owned by a Reactor; one thread, but wake().
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "reactor/backend.h"
#include "reactor/clock.h"
#include "reactor/sim_network.h"

namespace ringtalk::reactor {

/// Begins on 2026-01-01 and moves only when it is told to. Outlives the backends that use it.
class SimClock final : public ClockSource {
 public:
  [[nodiscard]] TimePoint steady_now() override { return now_; }
  [[nodiscard]] std::int64_t unix_milliseconds() override;
  /// Never back.
  void advance_to(TimePoint point);

 private:
  static constexpr TimePoint kStart{std::chrono::hours(1)};
  TimePoint now_ = kStart;
};

struct SimOptions {
  std::uint64_t seed = 1;
  SimFaults faults;
  std::uint32_t receive_buffers = 64;  // past that many chunks not given back, receives are parked
};

class SimBackend final : public Backend, ChunkPool {
 public:
  /// Small, so that usual messages span several chunks.
  static constexpr std::size_t kChunkBytesMax = 4096;

  explicit SimBackend(SimClock& clock, SimOptions options = {});
  ~SimBackend() override;

  /// Two connected stream descriptors.
  [[nodiscard]] std::pair<int, int> connect_pair() { return network_.open_pair(); }
  /// A descriptor for an AcceptOperation; port 0: one that is free (network().port_of tells).
  [[nodiscard]] int listen(std::uint16_t port = 0) { return network_.open_listener(port); }
  /// A client's connected descriptor; the other end is on its way to the listener.
  [[nodiscard]] int connect_to(int listener);
  /// For a ConnectOperation, which goes by the port of its IPv4 or IPv6 address alone.
  [[nodiscard]] int open_socket() { return network_.open_socket(); }
  void shut_down(int descriptor, int how);
  /// No operation may be in flight on it.
  void close(int descriptor);
  /// The bare descriptors: calls of a peer that has no reactor, resets, counts.
  [[nodiscard]] SimNetwork& network() { return network_; }

  [[nodiscard]] std::string_view name() const override { return "sim"; }
  void accept(AcceptOperation& operation) override;
  void receive(ReceiveOperation& operation) override;
  void send(SendOperation& operation) override;
  void connect(ConnectOperation& operation) override;
  void poll(PollOperation& operation) override;
  void cancel(Operation& operation) override;
  void wait(Deadline until, std::vector<Completion>& completed) override;
  void wake() noexcept override;
  [[nodiscard]] BackendFigures figures() const override { return figures_; }

 private:
  using AnyOperation = std::variant<AcceptOperation*, ReceiveOperation*, SendOperation*,
                                    ConnectOperation*, PollOperation*>;
  struct Started {
    AnyOperation operation;
    TimePoint not_before;  // of a connect under way, and of an accept that pauses
    bool cancelled = false;
    bool parked = false;    // a receive without a buffer
    bool finished = false;  // its last completion was appended
  };
  using Completions = std::vector<Completion>;

  [[nodiscard]] static Operation& base_of(const AnyOperation& operation);
  [[nodiscard]] static int descriptor_of(const AnyOperation& operation);
  void start(AnyOperation operation, Duration delay = {});

  void progress_all(Completions& completed);
  void progress(Started& started, AcceptOperation& operation, Completions& completed);
  void progress(Started& started, ReceiveOperation& operation, Completions& completed);
  void progress(Started& started, SendOperation& operation, Completions& completed);
  void progress(Started& started, ConnectOperation& operation, Completions& completed);
  void progress(Started& started, PollOperation& operation, Completions& completed);
  void finish(Started& started, int result, Completions& completed);
  void give(Started& started, Completion completion, Completions& completed);

  [[nodiscard]] Deadline next_event() const;
  [[nodiscard]] bool take_wake();
  void wait_for_wake();
  void recycle(std::uint32_t buffer) noexcept override;

  SimClock& clock_;
  SimNetwork network_;
  std::vector<Started> started_;
  bool bytes_moved_ = false;
  // Each chunk has memory of its own, exactly as long, so that sanitizers see every misuse.
  std::vector<std::unique_ptr<std::byte[]>> buffers_;
  BackendFigures figures_;
  std::mutex mutex_;
  std::condition_variable woken_changed_;
  bool woken_ = false;  // guarded by mutex_
};

}  // namespace ringtalk::reactor
