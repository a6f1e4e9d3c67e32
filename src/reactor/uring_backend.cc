#include "reactor/uring_backend.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "reactor/send_slice.h"
#include "reactor/uring_probe.h"

namespace ringtalk::reactor {
namespace {

// One submission for each socket of a fan-out to 1,000 fits in a turn; more only means a system
// call in between. A full completion queue ends multishots, so it is much larger: bursts of
// accepts and receives come unasked.
constexpr unsigned kSubmissionEntries = 1024;
constexpr unsigned kCompletionEntries = 8 * kSubmissionEntries;
static_assert(kCompletionEntries >= 4 * kSubmissionEntries);

// user_data is the operation's address, which is aligned; these are not.
constexpr std::uint64_t kCancelData = 1;
constexpr std::uint64_t kWakeData = 2;

std::uint64_t user_data_of(Operation& operation) {
  return reinterpret_cast<std::uintptr_t>(&operation);
}

void prepare_receive(io_uring_sqe& entry, const ReceiveOperation& operation) {
  io_uring_prep_recv_multishot(&entry, operation.descriptor, nullptr, 0, 0);
  entry.flags |= IOSQE_BUFFER_SELECT;
  entry.buf_group = BufferRing::kGroup;
}

// MSG_WAITALL lets the kernel go on by itself when the socket's buffer was full.
void prepare_send(io_uring_sqe& entry, SendOperation& operation) {
  constexpr int kFlags = MSG_WAITALL | MSG_NOSIGNAL;
  const SendSlice slice = next_slice(operation);
  if (slice.is_message) {
    io_uring_prep_sendmsg(&entry, operation.descriptor, &operation.message, kFlags);
  } else {
    io_uring_prep_send(&entry, operation.descriptor, slice.bytes, slice.byte_count, kFlags);
  }
}

void prepare_connect(io_uring_sqe& entry, const ConnectOperation& operation) {
  io_uring_prep_connect(&entry, operation.descriptor,
                        reinterpret_cast<const sockaddr*>(&operation.address),
                        operation.address_length);
}

// Success says nothing new (the cancelled operation completes itself), so it is not told.
void prepare_cancel(io_uring_sqe& entry, Operation& operation) {
  io_uring_prep_cancel64(&entry, user_data_of(operation), 0);
  entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  entry.user_data = kCancelData;
}

bool may_be_tried_again(int result) {
  return result == -EINTR || result == -EAGAIN;
}

}  // namespace

Result<std::unique_ptr<UringBackend>> UringBackend::open() {
  Result<int> wake_descriptor = open_wake_descriptor();
  if (!wake_descriptor) return std::unexpected(wake_descriptor.error());
  std::unique_ptr<UringBackend> backend(new UringBackend(*wake_descriptor));
  if (Result<void> done = backend->set_up(); !done) return std::unexpected(done.error());
  return backend;
}

Result<void> UringBackend::set_up() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                     IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  parameters.cq_entries = kCompletionEntries;
  const int result = io_uring_queue_init_params(kSubmissionEntries, &ring_, &parameters);
  if (result < 0) return std::unexpected(system_error(-result, "io_uring_setup"));
  has_ring_ = true;

  if (Result<void> known = probe_opcodes(ring_); !known) return known;
  if (Result<void> opened = buffers_.open(ring_); !opened) return opened;
  return probe_multishot_receive(ring_, buffers_);
}

UringBackend::~UringBackend() {
  if (has_ring_) io_uring_queue_exit(&ring_);
}

void UringBackend::wait(Deadline until, std::vector<Completion>& completed) {
  const std::size_t before = completed.size();
  woken_ = false;
  // Round again when only inner affairs completed: a partial send, a multishot to begin again.
  do {
    unpark(buffers_.free_buffers());
    submit_queued(completed);
    const bool has_work = completed.size() > before || !queued_.empty();
    enter(has_work ? Deadline::min() : std::min(until, next_unpark()));
    reap(completed);
  } while (completed.size() == before && !woken_ && std::chrono::steady_clock::now() < until);
}

void UringBackend::submit_queued(Completions& completed) {
  watch_for_wake();
  while (Operation* operation = queued_.first()) {
    if (is_cancelled(*operation) && !is_held(*operation)) {
      finish(completed, *pop_queued(), -ECANCELED);
      continue;
    }
    io_uring_sqe* entry = next_entry();
    if (entry == nullptr) return;  // the rest stays queued for the next round
    pop_queued();
    if (is_held(*operation)) {
      prepare_cancel(*entry, *operation);
    } else {
      prepare(*entry, *operation);
      set_held(*operation, true);
      ++figures_.submissions;
    }
  }
}

void UringBackend::prepare(io_uring_sqe& entry, Operation& operation) {
  switch (kind_of(operation)) {
    case Kind::kAccept:
      io_uring_prep_multishot_accept(&entry, static_cast<AcceptOperation&>(operation).descriptor,
                                     nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      break;
    case Kind::kReceive:
      prepare_receive(entry, static_cast<ReceiveOperation&>(operation));
      break;
    case Kind::kSend:
      prepare_send(entry, static_cast<SendOperation&>(operation));
      break;
    case Kind::kConnect:
      prepare_connect(entry, static_cast<ConnectOperation&>(operation));
      break;
    case Kind::kPoll: {
      const auto& poll = static_cast<PollOperation&>(operation);
      io_uring_prep_poll_add(&entry, poll.descriptor, poll.events);
      break;
    }
  }
  entry.user_data = user_data_of(operation);
}

// Each write to the eventfd triggers this poll, read or not; so nobody needs to read it.
void UringBackend::watch_for_wake() {
  if (watches_for_wake_) return;
  io_uring_sqe* entry = next_entry();
  if (entry == nullptr) return;
  io_uring_prep_poll_multishot(entry, wake_descriptor_, POLLIN);
  entry->user_data = kWakeData;
  watches_for_wake_ = true;
}

io_uring_sqe* UringBackend::next_entry() {
  if (io_uring_sqe* entry = io_uring_get_sqe(&ring_)) return entry;
  io_uring_submit(&ring_);  // full: the kernel takes what is there
  return io_uring_get_sqe(&ring_);
}

void UringBackend::enter(Deadline until) {
  const TimePoint now = std::chrono::steady_clock::now();
  int result = 0;
  if (until <= now || io_uring_cq_ready(&ring_) > 0) {
    // liburing's waits do not enter the kernel when something has completed already, and then our
    // deferred work would stay undone.
    result = io_uring_submit_and_get_events(&ring_);
  } else {
    ++figures_.waits;
    const Duration span = until - now;
    __kernel_timespec timeout{.tv_sec = span / std::chrono::seconds(1),
                              .tv_nsec = (span % std::chrono::seconds(1)).count()};
    io_uring_cqe* first = nullptr;
    result = io_uring_submit_and_wait_timeout(&ring_, &first, 1,
                                              until == kNever ? nullptr : &timeout, nullptr);
  }
  const bool is_harmless = result >= 0 || result == -ETIME || result == -EINTR ||
                           result == -EAGAIN || result == -EBUSY || result == -ENOMEM;
  RINGTALK_ASSERT(is_harmless, "io_uring_enter failed; is this the thread that made the ring?");
}

// What did not fit into the queue waits in the kernel, which fills it again in the next enter().
void UringBackend::reap(Completions& completed) {
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* entry = nullptr;
  io_uring_for_each_cqe(&ring_, head, entry) {
    complete(*entry, completed);
    ++count;
  }
  io_uring_cq_advance(&ring_, count);
}

void UringBackend::complete(const io_uring_cqe& cqe, Completions& completed) {
  const bool more = (cqe.flags & IORING_CQE_F_MORE) != 0;
  if (cqe.user_data == kCancelData) return;
  if (cqe.user_data == kWakeData) {
    woken_ = true;
    watches_for_wake_ = more;
    return;
  }
  Operation& operation = *reinterpret_cast<Operation*>(cqe.user_data);
  set_held(operation, more);
  switch (kind_of(operation)) {
    case Kind::kAccept:
      return complete_accept(operation, cqe.res, more, completed);
    case Kind::kReceive:
      return complete_receive(operation, cqe, completed);
    case Kind::kSend:
      return complete_send(static_cast<SendOperation&>(operation), cqe.res, completed);
    case Kind::kConnect:
    case Kind::kPoll:
      return finish(completed, operation, cqe.res);
  }
}

void UringBackend::complete_accept(Operation& operation, int result, bool more,
                                   Completions& completed) {
  if (result >= 0) {
    append(completed, operation, result);
    if (!more) enqueue(operation);
    return;
  }
  switch (classify_accept_failure(-result)) {
    case AcceptFailure::kTransient:
      return enqueue(operation);
    case AcceptFailure::kExhausted:
      append(completed, operation, result);
      return park_accept(operation);
    case AcceptFailure::kFinal:
      return finish(completed, operation, result);
  }
}

void UringBackend::complete_receive(Operation& operation, const io_uring_cqe& cqe,
                                    Completions& completed) {
  Chunk chunk;
  if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) {
    const std::size_t byte_count = static_cast<std::size_t>(std::max(cqe.res, 0));
    chunk = buffers_.lend(cqe.flags >> IORING_CQE_BUFFER_SHIFT, byte_count);
  }
  if (cqe.res > 0) {
    append(completed, operation, cqe.res, std::move(chunk));
    if (!is_held(operation)) enqueue(operation);
  } else if (cqe.res == -ENOBUFS) {
    park_starved(operation);
  } else if (may_be_tried_again(cqe.res)) {
    enqueue(operation);
  } else {
    finish(completed, operation, cqe.res);
  }
}

void UringBackend::complete_send(SendOperation& operation, int result, Completions& completed) {
  if (may_be_tried_again(result)) return enqueue(operation);
  if (result < 0) return finish(completed, operation, result);
  operation.sent += static_cast<std::size_t>(result);
  if (result > 0 && operation.sent < bytes_of(operation)) return enqueue(operation);
  finish(completed, operation, static_cast<int>(operation.sent));
}

}  // namespace ringtalk::reactor
