#include "reactor/kernel_backend.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <utility>

#include "reactor/send_slice.h"

namespace ringtalk::reactor {
namespace {

// What a backend remembers of an operation in flight, in Operation::backend_flags_.
constexpr std::uint32_t kKindMask = 7;
constexpr std::uint32_t kQueued = 8;      // in queued_
constexpr std::uint32_t kHeld = 16;       // the kernel, or the descriptor table, points to it
constexpr std::uint32_t kParked = 32;     // in starved_ or paused_
constexpr std::uint32_t kCancelled = 64;  // cancel() was called
constexpr std::uint32_t kFinished = 128;  // its last completion is appended, not yet delivered

}  // namespace

KernelBackend::~KernelBackend() {
  RINGTALK_ASSERT(in_flight() == 0, "a backend ended with operations in flight");
  ::close(wake_descriptor_);
}

Result<int> KernelBackend::open_wake_descriptor() {
  const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) return std::unexpected(system_error(errno, "eventfd"));
  return descriptor;
}

void KernelBackend::send(SendOperation& operation) {
  RINGTALK_ASSERT(bytes_of(operation) <= INT_MAX, "a send is larger than its result can tell");
  operation.sent = 0;
  start(operation, Kind::kSend);
}

void KernelBackend::start(Operation& operation, Kind kind) {
  mark_started(operation);
  flags_of(operation) = static_cast<std::uint32_t>(kind);
  enqueue(operation);
}

void KernelBackend::cancel(Operation& operation) {
  std::uint32_t& flags = flags_of(operation);
  if (!operation.in_flight() || (flags & (kCancelled | kFinished)) != 0) return;
  flags |= kCancelled;
  if ((flags & kParked) != 0) {
    flags &= ~kParked;
    if (!starved_.remove(operation)) paused_.remove(operation);
  }
  enqueue(operation);
}

void KernelBackend::wake() noexcept {
  const std::uint64_t one = 1;
  // Fails only at 2^64 − 1 calls, and then the bell has rung already.
  [[maybe_unused]] const ssize_t written = ::write(wake_descriptor_, &one, sizeof one);
}

KernelBackend::Kind KernelBackend::kind_of(Operation& operation) {
  return static_cast<Kind>(flags_of(operation) & kKindMask);
}

bool KernelBackend::is_held(Operation& operation) {
  return (flags_of(operation) & kHeld) != 0;
}

bool KernelBackend::is_cancelled(Operation& operation) {
  return (flags_of(operation) & kCancelled) != 0;
}

void KernelBackend::set_held(Operation& operation, bool held) {
  std::uint32_t& flags = flags_of(operation);
  flags = held ? flags | kHeld : flags & ~kHeld;
}

void KernelBackend::enqueue(Operation& operation) {
  std::uint32_t& flags = flags_of(operation);
  if ((flags & kQueued) != 0) return;
  flags |= kQueued;
  queued_.push(operation);
}

Operation* KernelBackend::pop_queued() {
  Operation* operation = queued_.pop();
  if (operation != nullptr) flags_of(*operation) &= ~kQueued;
  return operation;
}

void KernelBackend::park_starved(Operation& operation) {
  ++figures_.starved;
  if (is_cancelled(operation)) return enqueue(operation);
  flags_of(operation) |= kParked;
  starved_.push(operation);
}

void KernelBackend::park_accept(Operation& operation) {
  if (is_cancelled(operation)) return enqueue(operation);
  flags_of(operation) |= kParked;
  paused_.push(operation);
  paused_until_ = std::chrono::steady_clock::now() + kAcceptPause;
}

void KernelBackend::unpark(std::size_t buffers_free) {
  const auto queue_first_of = [this](Queue& parked) {
    Operation& operation = *parked.pop();
    flags_of(operation) &= ~kParked;
    enqueue(operation);
  };
  for (; buffers_free > 0 && !starved_.empty(); --buffers_free) queue_first_of(starved_);
  if (paused_.empty() || std::chrono::steady_clock::now() < paused_until_) return;
  while (!paused_.empty()) queue_first_of(paused_);
}

void KernelBackend::append(Completions& completed, Operation& operation, int result, Chunk chunk) {
  ++figures_.completions;
  completed.push_back(
      {.operation = &operation, .result = result, .more = true, .chunk = std::move(chunk)});
}

void KernelBackend::finish(Completions& completed, Operation& operation, int result) {
  std::uint32_t& flags = flags_of(operation);
  if ((flags & kQueued) != 0) queued_.remove(operation);  // a cancel that came too late
  flags = (flags & kKindMask) | kFinished;
  ++figures_.completions;
  completed.push_back({.operation = &operation, .result = result, .more = false, .chunk = {}});
}

void KernelBackend::Queue::push(Operation& operation) {
  next_of(operation) = nullptr;
  (last_ == nullptr ? first_ : next_of(*last_)) = &operation;
  last_ = &operation;
}

Operation* KernelBackend::Queue::pop() {
  Operation* operation = first_;
  if (operation == nullptr) return nullptr;
  first_ = next_of(*operation);
  if (first_ == nullptr) last_ = nullptr;
  return operation;
}

bool KernelBackend::Queue::remove(Operation& operation) {
  Operation* previous = nullptr;
  for (Operation* at = first_; at != nullptr; previous = at, at = next_of(*at)) {
    if (at != &operation) continue;
    (previous == nullptr ? first_ : next_of(*previous)) = next_of(*at);
    if (last_ == at) last_ = previous;
    return true;
  }
  return false;
}

AcceptFailure classify_accept_failure(int os_error) {
  switch (os_error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    // A firewall refuses one connection, or a sandbox refuses all: a pause fits both.
    case EPERM:
      return AcceptFailure::kExhausted;
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    // accept(2): pending errors of the new connection's network come out here.
    case EPROTO:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ETIMEDOUT:
      return AcceptFailure::kTransient;
    default:
      return AcceptFailure::kFinal;
  }
}

}  // namespace ringtalk::reactor
