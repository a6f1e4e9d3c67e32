// UringBackend: operations handed to io_uring. One ring, made by and for the reactor's thread
// (SINGLE_ISSUER | DEFER_TASKRUN): the kernel does our work only inside wait(). Accepting and
// receiving are multishot: one submission, many completions, and begun again here when the kernel
// ends a run for reasons of its own. Needs Linux 6.1; open() tells whether this kernel lets us.
#pragma once

#include <liburing.h>

#include <memory>

#include "reactor/buffer_ring.h"
#include "reactor/kernel_backend.h"

namespace ringtalk::reactor {

class UringBackend final : public KernelBackend {
 public:
  /// Sets the ring up and tries it out; the error says what was refused.
  [[nodiscard]] static Result<std::unique_ptr<UringBackend>> open();
  ~UringBackend() override;

  [[nodiscard]] std::string_view name() const override { return "io_uring"; }
  void wait(Deadline until, std::vector<Completion>& completed) override;

 private:
  explicit UringBackend(int wake_descriptor) : KernelBackend(wake_descriptor) {}
  [[nodiscard]] Result<void> set_up();

  void submit_queued(Completions& completed);
  static void prepare(io_uring_sqe& entry, Operation& operation);
  void watch_for_wake();
  void enter(Deadline until);
  void reap(Completions& completed);
  /// Null when the kernel takes no more for now.
  [[nodiscard]] io_uring_sqe* next_entry();

  void complete(const io_uring_cqe& cqe, Completions& completed);
  void complete_accept(Operation& operation, int result, bool more, Completions& completed);
  void complete_receive(Operation& operation, const io_uring_cqe& cqe, Completions& completed);
  void complete_send(SendOperation& operation, int result, Completions& completed);

  BufferRing buffers_;  // declared before, so ended after the ring
  io_uring ring_{};
  bool has_ring_ = false;
  bool watches_for_wake_ = false;
  bool woken_ = false;
};

}  // namespace ringtalk::reactor
