// Operation: one request to the kernel. Pinned: the kernel is an owner too, so an operation and the
// memory it names live until its last completion was delivered, cancelled or not. Cancelling is
// asking and then waiting. Owned by the stream, listener or watcher that uses it; one thread.
//
//   idle ──start──▶ in flight ──completion without `more`──▶ idle
//
// Backends collect completions while the reactor waits; the reactor delivers them from the top of
// the next turn, never from inside a call that starts an operation. Descriptors are non-blocking.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

#include "reactor/chunk.h"
#include "reactor/pinned.h"
#include "reactor/result.h"

namespace ringtalk::reactor {

struct Completion;

class Operation : Pinned {
 public:
  virtual ~Operation() {
    RINGTALK_ASSERT(!in_flight_, "an operation ended while the kernel still owned it");
  }

  [[nodiscard]] bool in_flight() const { return in_flight_; }

  /// One result. When `completion.more` is false the operation is idle again and may be restarted,
  /// or destroyed, from inside this call.
  virtual void on_completion(Completion& completion) = 0;

 private:
  friend class Backend;
  bool in_flight_ = false;
  // Of the backend alone: what it must remember of an operation in flight.
  std::uint32_t backend_flags_ = 0;
  Operation* backend_next_ = nullptr;
};

struct Completion {
  Operation* operation = nullptr;
  int result = 0;     // as the system call: ≥ 0, or −errno
  bool more = false;  // multishot: further completions of this start follow
  Chunk chunk;        // of a receive with result > 0: exactly `result` bytes
};

/// Many: result = a new non-blocking, close-on-exec descriptor (TCP_NODELAY inherited from the
/// listening socket). Ends with −ECANCELED, or with an error that accepting again cannot cure.
/// −EMFILE, −ENFILE, −ENOMEM and −EPERM complete with `more`: the backend pauses for 100 ms.
class AcceptOperation : public Operation {
 public:
  int descriptor = -1;
};

/// Many: result > 0 with a chunk of as many bytes; ends with 0 (the peer sends no more), −errno or
/// −ECANCELED. A backend without a free buffer parks the operation and goes on by itself.
class ReceiveOperation : public Operation {
 public:
  int descriptor = -1;
};

/// Once: result = bytes sent, all that `parts` name (at most INT_MAX), or −errno when an error or a
/// cancel stopped it; `sent` tells how far it came. One send in flight on a descriptor. `parts` and
/// what they point to live until the completion.
class SendOperation : public Operation {
 public:
  int descriptor = -1;
  const iovec* parts = nullptr;
  std::size_t part_count = 0;
  // Of the backends: the message as the kernel wants it, and how far a partial send came.
  msghdr message{};
  std::size_t sent = 0;
};

/// Once: result = 0 or −errno.
class ConnectOperation : public Operation {
 public:
  int descriptor = -1;
  sockaddr_storage address{};
  socklen_t address_length = 0;
};

/// Once: result = the poll(2) events that are ready, of those asked for and POLLERR | POLLHUP.
class PollOperation : public Operation {
 public:
  int descriptor = -1;
  std::uint32_t events = 0;
};

}  // namespace ringtalk::reactor
