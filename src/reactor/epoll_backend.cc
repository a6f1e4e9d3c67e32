#include "reactor/epoll_backend.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "reactor/send_slice.h"

namespace ringtalk::reactor {
namespace {

// What one descriptor may have in one turn, so that the others get theirs.
constexpr int kReadsPerTurn = 4;  // of kReceiveBufferBytes
constexpr int kAcceptsPerTurn = 64;
static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLPRI == POLLPRI &&
              EPOLLERR == POLLERR && EPOLLHUP == POLLHUP && EPOLLRDHUP == POLLRDHUP);
constexpr std::uint32_t kTrouble = EPOLLERR | EPOLLHUP;  // reported whether asked for or not

bool would_block(int os_error) {
  return os_error == EAGAIN || os_error == EWOULDBLOCK;
}

}  // namespace

Result<std::unique_ptr<EpollBackend>> EpollBackend::open() {
  Result<int> wake_descriptor = open_wake_descriptor();
  if (!wake_descriptor) return std::unexpected(wake_descriptor.error());
  const int epoll_descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_descriptor < 0) {
    const int os_error = errno;
    ::close(*wake_descriptor);
    return std::unexpected(system_error(os_error, "epoll_create1"));
  }
  std::unique_ptr<EpollBackend> backend(new EpollBackend(*wake_descriptor, epoll_descriptor));
  // Edge-triggered: every write to the eventfd is an event, read or not; so nobody reads it.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = *wake_descriptor}};
  if (::epoll_ctl(epoll_descriptor, EPOLL_CTL_ADD, *wake_descriptor, &event) != 0) {
    return std::unexpected(system_error(errno, "epoll_ctl"));
  }
  return backend;
}

EpollBackend::EpollBackend(int wake_descriptor, int epoll_descriptor)
    : KernelBackend(wake_descriptor), epoll_descriptor_(epoll_descriptor) {}

EpollBackend::~EpollBackend() {
  ::close(epoll_descriptor_);
}

void EpollBackend::wait(Deadline until, std::vector<Completion>& completed) {
  const std::size_t before = completed.size();
  bool woken = false;
  // Round again when an event came to nothing, or to a receive that had to be parked.
  do {
    unpark(buffers_.free_buffers());
    take_queued(completed);
    const bool has_work = completed.size() > before;
    wait_for_events(has_work ? Deadline::min() : std::min(until, next_unpark()));
    for (const epoll_event& event : std::span(events_).first(event_count_)) {
      if (event.data.fd == wake_descriptor_) {
        woken = true;
      } else {
        handle(event, completed);
      }
    }
  } while (completed.size() == before && !woken && std::chrono::steady_clock::now() < until);
}

void EpollBackend::take_queued(Completions& completed) {
  while (Operation* operation = pop_queued()) {
    if (is_cancelled(*operation)) {
      const int descriptor = is_held(*operation) ? descriptor_of(*operation) : -1;
      end(completed, *operation, -ECANCELED);
      if (descriptor >= 0) watch(descriptor, completed);
    } else {
      begin(*operation, completed);
    }
  }
}

// Sends and connects are tried at once: nearly always there is room, and nothing to wait for.
void EpollBackend::begin(Operation& operation, Completions& completed) {
  ++figures_.submissions;
  const Kind kind = kind_of(operation);
  if (kind == Kind::kSend && try_send(static_cast<SendOperation&>(operation), completed)) return;
  if (kind == Kind::kConnect && try_connect(static_cast<ConnectOperation&>(operation), completed)) {
    return;
  }
  attach(operation, completed);
}

// To the nanosecond where the kernel can (epoll_pwait2, Linux 5.11); else rounded up to the
// millisecond, since rounded down the last of them would be spent spinning.
void EpollBackend::wait_for_events(Deadline until) {
  const TimePoint now = std::chrono::steady_clock::now();
  const Duration span = until > now ? until - now : Duration::zero();
  if (span > Duration::zero()) ++figures_.waits;
  const int capacity = static_cast<int>(events_.size());
  int count = -1;
  if (has_pwait2_) {
    const timespec timeout{.tv_sec = span / std::chrono::seconds(1),
                           .tv_nsec = (span % std::chrono::seconds(1)).count()};
    count = ::epoll_pwait2(epoll_descriptor_, events_.data(), capacity,
                           until == kNever ? nullptr : &timeout, nullptr);
    has_pwait2_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
  }
  if (!has_pwait2_) {
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(span).count();
    const int timeout = static_cast<int>(std::min<std::int64_t>(rounded, 1'000'000'000));
    count =
        ::epoll_wait(epoll_descriptor_, events_.data(), capacity, until == kNever ? -1 : timeout);
  }
  RINGTALK_ASSERT(count >= 0 || errno == EINTR, "epoll_wait failed");
  event_count_ = static_cast<std::size_t>(std::max(count, 0));
}

void EpollBackend::handle(const epoll_event& event, Completions& completed) {
  const int descriptor = event.data.fd;
  const Entry entry = entries_[static_cast<std::size_t>(descriptor)];
  if (entry.reader != nullptr && (event.events & (EPOLLIN | kTrouble)) != 0) {
    if (kind_of(*entry.reader) == Kind::kAccept) {
      accept_ready(static_cast<AcceptOperation&>(*entry.reader), completed);
    } else {
      receive_ready(static_cast<ReceiveOperation&>(*entry.reader), completed);
    }
  }
  if (entry.writer != nullptr && (event.events & (EPOLLOUT | kTrouble)) != 0) {
    if (kind_of(*entry.writer) == Kind::kConnect) {
      connect_ready(static_cast<ConnectOperation&>(*entry.writer), completed);
    } else {
      try_send(static_cast<SendOperation&>(*entry.writer), completed);
    }
  }
  if (entry.poller != nullptr) {
    const std::uint32_t asked = static_cast<PollOperation&>(*entry.poller).events | kTrouble;
    const std::uint32_t ready = event.events & asked;
    if (ready != 0) end(completed, *entry.poller, static_cast<int>(ready));
  }
  watch(descriptor, completed);
}

void EpollBackend::accept_ready(AcceptOperation& operation, Completions& completed) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int result =
        ::accept4(operation.descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (result >= 0) {
      append(completed, operation, result);
      continue;
    }
    const int os_error = errno;
    if (would_block(os_error)) return;
    switch (classify_accept_failure(os_error)) {
      case AcceptFailure::kTransient:
        continue;
      case AcceptFailure::kExhausted:
        append(completed, operation, -os_error);
        detach(operation);
        return park_accept(operation);
      case AcceptFailure::kFinal:
        return end(completed, operation, -os_error);
    }
  }
}

void EpollBackend::receive_ready(ReceiveOperation& operation, Completions& completed) {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    if (buffers_.free_buffers() == 0) {
      detach(operation);
      return park_starved(operation);
    }
    const std::uint32_t buffer = buffers_.take();
    const ssize_t result = ::recv(operation.descriptor, buffers_.bytes_of(buffer).data(),
                                  kReceiveBufferBytes, MSG_DONTWAIT);
    const int os_error = errno;
    if (result <= 0) {
      buffers_.recycle(buffer);
      if (result < 0 && (would_block(os_error) || os_error == EINTR)) return;
      return end(completed, operation, result == 0 ? 0 : -os_error);
    }
    append(completed, operation, static_cast<int>(result),
           buffers_.lend(buffer, static_cast<std::size_t>(result)));
    if (static_cast<std::size_t>(result) < kReceiveBufferBytes) return;  // most likely all
  }
}

bool EpollBackend::try_send(SendOperation& operation, Completions& completed) {
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const std::size_t bytes = bytes_of(operation);
  do {
    const SendSlice slice = next_slice(operation);
    const ssize_t result =
        slice.is_message ? ::sendmsg(operation.descriptor, &operation.message, kFlags)
                         : ::send(operation.descriptor, slice.bytes, slice.byte_count, kFlags);
    if (result < 0) {
      if (errno == EINTR) continue;
      if (would_block(errno)) return false;
      end(completed, operation, -errno);
      return true;
    }
    operation.sent += static_cast<std::size_t>(result);
  } while (operation.sent < bytes);
  end(completed, operation, static_cast<int>(operation.sent));
  return true;
}

bool EpollBackend::try_connect(ConnectOperation& operation, Completions& completed) {
  const auto* address = reinterpret_cast<const sockaddr*>(&operation.address);
  const int result = ::connect(operation.descriptor, address, operation.address_length);
  if (result != 0 && (errno == EINPROGRESS || errno == EINTR)) return false;
  end(completed, operation, result == 0 ? 0 : -errno);
  return true;
}

void EpollBackend::connect_ready(ConnectOperation& operation, Completions& completed) {
  int os_error = 0;
  socklen_t length = sizeof os_error;
  if (::getsockopt(operation.descriptor, SOL_SOCKET, SO_ERROR, &os_error, &length) != 0) {
    os_error = errno;
  }
  end(completed, operation, -os_error);
}

int EpollBackend::descriptor_of(Operation& operation) {
  switch (kind_of(operation)) {
    case Kind::kAccept:
      return static_cast<AcceptOperation&>(operation).descriptor;
    case Kind::kReceive:
      return static_cast<ReceiveOperation&>(operation).descriptor;
    case Kind::kSend:
      return static_cast<SendOperation&>(operation).descriptor;
    case Kind::kConnect:
      return static_cast<ConnectOperation&>(operation).descriptor;
    case Kind::kPoll:
      return static_cast<PollOperation&>(operation).descriptor;
  }
  return -1;
}

Operation*& EpollBackend::slot_of(Operation& operation) {
  Entry& entry = entries_[static_cast<std::size_t>(descriptor_of(operation))];
  switch (kind_of(operation)) {
    case Kind::kAccept:
    case Kind::kReceive:
      return entry.reader;
    case Kind::kSend:
    case Kind::kConnect:
      return entry.writer;
    case Kind::kPoll:
      break;
  }
  return entry.poller;
}

void EpollBackend::attach(Operation& operation, Completions& completed) {
  const int descriptor = descriptor_of(operation);
  if (descriptor < 0) return finish(completed, operation, -EBADF);
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= entries_.size()) entries_.resize(std::max(index + 1, 2 * entries_.size()));
  Operation*& slot = slot_of(operation);
  RINGTALK_ASSERT(slot == nullptr, "two operations of a kind on one descriptor");
  slot = &operation;
  set_held(operation, true);
  watch(descriptor, completed);
}

void EpollBackend::detach(Operation& operation) {
  if (!is_held(operation)) return;
  slot_of(operation) = nullptr;
  set_held(operation, false);
}

void EpollBackend::end(Completions& completed, Operation& operation, int result) {
  detach(operation);
  finish(completed, operation, result);
}

void EpollBackend::watch(int descriptor, Completions& completed) {
  Entry& entry = entries_[static_cast<std::size_t>(descriptor)];
  std::uint32_t wanted = 0;
  if (entry.reader != nullptr) wanted |= EPOLLIN | kTrouble;
  if (entry.writer != nullptr) wanted |= EPOLLOUT | kTrouble;
  if (entry.poller != nullptr) {
    wanted |= static_cast<PollOperation&>(*entry.poller).events | kTrouble;
  }
  if (wanted == entry.watched) return;

  const int change = entry.watched == 0 ? EPOLL_CTL_ADD
                     : wanted == 0      ? EPOLL_CTL_DEL
                                        : EPOLL_CTL_MOD;
  epoll_event event{.events = wanted, .data = {.fd = descriptor}};
  const int result = ::epoll_ctl(epoll_descriptor_, change, descriptor, &event);
  const int os_error = errno;
  entry.watched = result == 0 ? wanted : 0;
  if (result == 0 || change == EPOLL_CTL_DEL) return;
  for (Operation* operation : {entry.reader, entry.writer, entry.poller}) {
    if (operation != nullptr) end(completed, *operation, -os_error);
  }
}

}  // namespace ringtalk::reactor
