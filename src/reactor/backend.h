// Backend: the one completion interface over the kernel. UringBackend hands operations to io_uring;
// EpollBackend waits for readiness, does the call itself and completes the operation; SimBackend
// is a kernel made of memory, for tests. Owned by a Reactor; used by its thread alone, but wake().
//
// Contract, the same for all three (tests/reactor/backend_contract_test.cc):
//  - a start never completes before wait() was called, and never blocks;
//  - every start is followed by exactly one completion without `more`, also after cancel();
//  - cancel() of an idle operation does nothing;
//  - a descriptor is closed by its owner after its operations have completed, never before.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reactor/clock.h"
#include "reactor/operation.h"
#include "reactor/pinned.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

enum class BackendKind : std::uint8_t { kAuto, kUring, kEpoll };

/// Figures since the start, for /metrics.
struct BackendFigures {
  std::uint64_t waits = 0;        // system calls that could have slept
  std::uint64_t submissions = 0;  // operations handed to the kernel
  std::uint64_t completions = 0;  // completions delivered
  std::uint64_t starved = 0;      // receives parked for want of a buffer
};

class Backend : Pinned {
 public:
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "io_uring", "epoll", "sim"

  virtual void accept(AcceptOperation& operation) = 0;
  virtual void receive(ReceiveOperation& operation) = 0;
  virtual void send(SendOperation& operation) = 0;
  virtual void connect(ConnectOperation& operation) = 0;
  virtual void poll(PollOperation& operation) = 0;
  virtual void cancel(Operation& operation) = 0;

  /// Submits what was started, sleeps until something completed, wake() was called or `until` has
  /// passed (at once when that lies in the past; kNever: no limit), and appends what completed.
  virtual void wait(Deadline until, std::vector<Completion>& completed) = 0;

  /// From any thread: ends the current wait(), or the next one if none is under way.
  virtual void wake() noexcept = 0;

  [[nodiscard]] virtual BackendFigures figures() const = 0;

  /// Operations started and not yet finally completed.
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

 protected:
  void mark_started(Operation& operation) {
    RINGTALK_ASSERT(!operation.in_flight_, "an operation was started twice");
    operation.in_flight_ = true;
    ++in_flight_;
  }
  /// The reactor calls on_completion right after this.
  void mark_finished(Operation& operation) {
    operation.in_flight_ = false;
    --in_flight_;
  }
  static std::uint32_t& flags_of(Operation& operation) { return operation.backend_flags_; }
  static Operation*& next_of(Operation& operation) { return operation.backend_next_; }

 private:
  friend class Reactor;
  std::size_t in_flight_ = 0;
};

struct BackendChoice {
  std::unique_ptr<Backend> backend;
  std::string why_not_uring;  // empty unless io_uring was asked for or tried, and refused
};

/// Makes the backend on the calling thread, which must be the reactor's (SINGLE_ISSUER). kAuto
/// tries io_uring by setting a ring up and probing it, and falls back to epoll with the reason;
/// kUring falls back likewise: a server that runs beats one that does not.
[[nodiscard]] Result<BackendChoice> make_backend(BackendKind kind);

}  // namespace ringtalk::reactor
