#include "reactor/sim_backend.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace ringtalk::reactor {
namespace {

constexpr Duration kAcceptPause = std::chrono::milliseconds(100);
// A wait without an end that only another thread could end. After this long in real time, the
// simulation has a bug: it waits for what never comes.
constexpr auto kRealPatience = std::chrono::seconds(30);
constexpr std::int64_t kStartUnixMilliseconds = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
// Of one operation in one wait(): several, so that cancelling between them is tested.
constexpr int kCompletionsPerWaitMax = 4;

std::uint16_t port_of(const ConnectOperation& operation) {
  if (operation.address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(operation.address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(operation.address).sin_port);
}

// What is left of the first part that was not sent to its end; empty when all is sent.
std::string_view unsent(const SendOperation& operation) {
  std::size_t before = operation.sent;
  for (std::size_t i = 0; i < operation.part_count; ++i) {
    const iovec& part = operation.parts[i];
    if (before < part.iov_len) {
      return {static_cast<const char*>(part.iov_base) + before, part.iov_len - before};
    }
    before -= part.iov_len;
  }
  return {};
}

}  // namespace

std::int64_t SimClock::unix_milliseconds() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return kStartUnixMilliseconds + duration_cast<milliseconds>(now_ - kStart).count();
}

void SimClock::advance_to(TimePoint point) {
  now_ = std::max(now_, point);
}

SimBackend::SimBackend(SimClock& clock, SimOptions options)
    : clock_(clock), network_(options.seed, options.faults), buffers_(options.receive_buffers) {}

SimBackend::~SimBackend() {
  RINGTALK_ASSERT(started_.empty(), "a backend ended with operations in flight");
  const bool all_back = std::ranges::all_of(buffers_, [](const auto& buffer) { return !buffer; });
  RINGTALK_ASSERT(all_back, "a chunk outlived its backend");
}

int SimBackend::connect_to(int listener) {
  const int descriptor = network_.open_socket();
  const int result = network_.connect(descriptor, network_.port_of(listener), clock_.steady_now());
  RINGTALK_ASSERT(result == 0, "a simulated connection to a listener failed");
  return descriptor;
}

void SimBackend::shut_down(int descriptor, int how) {
  network_.shut_down(descriptor, how, clock_.steady_now());
}

void SimBackend::close(int descriptor) {
  const bool in_use = std::ranges::any_of(started_, [descriptor](const Started& started) {
    return descriptor_of(started.operation) == descriptor;
  });
  RINGTALK_ASSERT(!in_use, "a descriptor was closed under an operation in flight");
  network_.close(descriptor, clock_.steady_now());
}

void SimBackend::accept(AcceptOperation& operation) {
  start(&operation);
}
void SimBackend::receive(ReceiveOperation& operation) {
  start(&operation);
}
void SimBackend::send(SendOperation& operation) {
  operation.sent = 0;
  start(&operation);
}
void SimBackend::connect(ConnectOperation& operation) {
  start(&operation, network_.delay());
}
void SimBackend::poll(PollOperation& operation) {
  start(&operation);
}

void SimBackend::cancel(Operation& operation) {
  // Not found: idle, or its last completion is on its way to the reactor.
  for (Started& started : started_) {
    if (&base_of(started.operation) == &operation) started.cancelled = true;
  }
}

void SimBackend::wait(Deadline until, std::vector<Completion>& completed) {
  ++figures_.waits;
  const std::size_t before = completed.size();
  for (;;) {
    bytes_moved_ = false;
    progress_all(completed);
    if (take_wake() || completed.size() > before) break;
    if (bytes_moved_) continue;  // a receive that looked too early finds them, a torn send goes on
    if (clock_.steady_now() >= until) break;
    const Deadline next = std::min(next_event(), until);
    if (next == kNever) {
      wait_for_wake();
      break;
    }
    clock_.advance_to(next);
  }
  figures_.completions += completed.size() - before;
}

void SimBackend::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  woken_changed_.notify_one();
}

Operation& SimBackend::base_of(const AnyOperation& operation) {
  return std::visit([](auto* any) -> Operation& { return *any; }, operation);
}

int SimBackend::descriptor_of(const AnyOperation& operation) {
  return std::visit([](auto* any) { return any->descriptor; }, operation);
}

void SimBackend::start(AnyOperation operation, Duration delay) {
  mark_started(base_of(operation));
  started_.push_back({.operation = operation, .not_before = clock_.steady_now() + delay});
  ++figures_.submissions;
}

// In an order by chance: nothing may rest on which of two independent operations completes first.
void SimBackend::progress_all(Completions& completed) {
  for (std::size_t left = started_.size(); left > 1; --left) {
    std::swap(started_[left - 1], started_[network_.random().below(left)]);
  }
  for (Started& started : started_) {
    std::visit([&](auto* operation) { progress(started, *operation, completed); },
               started.operation);
    if (started.cancelled && !started.finished) finish(started, -ECANCELED, completed);
  }
  std::erase_if(started_, [](const Started& started) { return started.finished; });
}

void SimBackend::progress(Started& started, AcceptOperation& operation, Completions& completed) {
  const TimePoint now = clock_.steady_now();
  for (int count = 0; count < kCompletionsPerWaitMax && now >= started.not_before; ++count) {
    const int result = network_.accept(operation.descriptor, now);
    if (result == -EAGAIN) return;
    if (result < 0 && result != -EMFILE) return finish(started, result, completed);
    if (result == -EMFILE) started.not_before = now + kAcceptPause;
    give(started, {.result = result, .more = true}, completed);
  }
}

void SimBackend::progress(Started& started, ReceiveOperation& operation, Completions& completed) {
  // What had arrived when it was cancelled may still come, or stay for the next receive.
  if (started.cancelled && network_.random().chance(0.5)) return;
  for (int count = 0; count < kCompletionsPerWaitMax; ++count) {
    const auto free = std::ranges::find_if(buffers_, [](const auto& buffer) { return !buffer; });
    if (free == buffers_.end()) {
      if (!started.parked) ++figures_.starved;
      started.parked = true;
      return;
    }
    started.parked = false;
    std::array<std::byte, kChunkBytesMax> bytes;
    const int result = network_.receive(operation.descriptor, bytes, clock_.steady_now());
    if (result == -EAGAIN) return;
    if (result <= 0) return finish(started, result, completed);
    const auto size = static_cast<std::size_t>(result);
    *free = std::make_unique_for_overwrite<std::byte[]>(size);
    std::memcpy(free->get(), bytes.data(), size);
    const auto number = static_cast<std::uint32_t>(free - buffers_.begin());
    give(started,
         {.result = result, .more = true, .chunk = Chunk(*this, number, {free->get(), size})},
         completed);
  }
}

void SimBackend::progress(Started& started, SendOperation& operation, Completions& completed) {
  const TimePoint now = clock_.steady_now();
  const auto result_so_far = [&operation](int error) {
    return operation.sent > 0 ? static_cast<int>(operation.sent) : error;
  };
  for (std::string_view rest = unsent(operation); !rest.empty(); rest = unsent(operation)) {
    const int result = network_.send(operation.descriptor, rest, now);
    if (result == -EAGAIN) {
      if (started.cancelled) finish(started, result_so_far(-ECANCELED), completed);
      return;
    }
    if (result < 0) return finish(started, result_so_far(result), completed);
    bytes_moved_ = true;
    operation.sent += static_cast<std::size_t>(result);
    const bool torn = static_cast<std::size_t>(result) < rest.size();
    if (torn && network_.random().chance(network_.faults().partial_send)) return;  // rest: later
  }
  finish(started, static_cast<int>(operation.sent), completed);
}

void SimBackend::progress(Started& started, ConnectOperation& operation, Completions& completed) {
  const TimePoint now = clock_.steady_now();
  if (started.cancelled || now < started.not_before) return;
  finish(started, network_.connect(operation.descriptor, port_of(operation), now), completed);
}

void SimBackend::progress(Started& started, PollOperation& operation, Completions& completed) {
  const std::uint32_t events = network_.events(operation.descriptor, clock_.steady_now());
  if ((events & POLLNVAL) != 0) return finish(started, -EBADF, completed);
  const std::uint32_t wanted = events & (operation.events | POLLERR | POLLHUP);
  if (wanted != 0) finish(started, static_cast<int>(wanted), completed);
}

void SimBackend::finish(Started& started, int result, Completions& completed) {
  give(started, {.result = result}, completed);
  started.finished = true;
}

void SimBackend::give(Started& started, Completion completion, Completions& completed) {
  completion.operation = &base_of(started.operation);
  completed.push_back(std::move(completion));
}

// A point at which an operation may have something, or kNever.
Deadline SimBackend::next_event() const {
  const TimePoint now = clock_.steady_now();
  Deadline next = network_.next_arrival(now).value_or(kNever);
  for (const Started& started : started_) {
    if (started.not_before > now) next = std::min(next, started.not_before);
  }
  return next;
}

bool SimBackend::take_wake() {
  const std::lock_guard lock(mutex_);
  return std::exchange(woken_, false);
}

void SimBackend::wait_for_wake() {
  std::unique_lock lock(mutex_);
  const bool came = woken_changed_.wait_for(lock, kRealPatience, [this] { return woken_; });
  RINGTALK_ASSERT(came, "the simulation waits for something that never comes");
  woken_ = false;
}

void SimBackend::recycle(std::uint32_t buffer) noexcept {
  buffers_[buffer].reset();
}

}  // namespace ringtalk::reactor
