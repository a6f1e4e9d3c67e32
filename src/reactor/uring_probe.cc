#include "reactor/uring_probe.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>

namespace ringtalk::reactor {
namespace {

struct Opcode {
  io_uring_op number;
  const char* name;
};
constexpr std::array kOpcodes{
    Opcode{IORING_OP_ACCEPT, "accept"},       Opcode{IORING_OP_RECV, "recv"},
    Opcode{IORING_OP_SEND, "send"},           Opcode{IORING_OP_SENDMSG, "sendmsg"},
    Opcode{IORING_OP_CONNECT, "connect"},     Opcode{IORING_OP_POLL_ADD, "poll"},
    Opcode{IORING_OP_ASYNC_CANCEL, "cancel"},
};

constexpr std::uint64_t kReceiveData = 1;
constexpr std::uint64_t kCancelData = 2;

class SocketPair {
 public:
  SocketPair() { is_open_ = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_) == 0; }
  ~SocketPair() {
    if (!is_open_) return;
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] int near() const { return ends_[0]; }
  [[nodiscard]] int far() const { return ends_[1]; }

 private:
  int ends_[2] = {-1, -1};
  bool is_open_ = false;
};

/// Submits and takes the next completion; `res` is −ETIME if none comes within a second.
io_uring_cqe submit_and_take(io_uring& ring) {
  __kernel_timespec timeout{.tv_sec = 1, .tv_nsec = 0};
  io_uring_cqe* entry = nullptr;
  const int result = io_uring_submit_and_wait_timeout(&ring, &entry, 1, &timeout, nullptr);
  io_uring_cqe taken{};
  if (entry == nullptr) {
    taken.res = result < 0 ? result : -ETIME;
    return taken;
  }
  taken.user_data = entry->user_data;
  taken.res = entry->res;
  taken.flags = entry->flags;
  io_uring_cqe_seen(&ring, entry);
  return taken;
}

std::unexpected<Error> refused(const char* what, int result) {
  return std::unexpected(system_error(result < 0 ? -result : EPROTO, what));
}

}  // namespace

Result<void> probe_opcodes(io_uring& ring) {
  const std::unique_ptr<io_uring_probe, decltype(&io_uring_free_probe)> probe(
      io_uring_get_probe_ring(&ring), &io_uring_free_probe);
  if (!probe) return fail(ErrorKind::kUnavailable, "io_uring cannot be probed");
  for (const Opcode& opcode : kOpcodes) {
    if (io_uring_opcode_supported(probe.get(), opcode.number)) continue;
    return fail(ErrorKind::kUnavailable, std::string("io_uring lacks ") + opcode.name);
  }
  return {};
}

Result<void> probe_multishot_receive(io_uring& ring, BufferRing& buffers) {
  const SocketPair pair;
  if (!pair.is_open()) return std::unexpected(system_error(errno, "socketpair"));

  io_uring_sqe* receive = io_uring_get_sqe(&ring);
  io_uring_prep_recv_multishot(receive, pair.near(), nullptr, 0, 0);
  receive->flags |= IOSQE_BUFFER_SELECT;
  receive->buf_group = BufferRing::kGroup;
  receive->user_data = kReceiveData;
  const char sent = 'R';
  if (::write(pair.far(), &sent, 1) != 1) return std::unexpected(system_error(errno, "write"));

  const io_uring_cqe byte = submit_and_take(ring);
  constexpr unsigned kExpected = IORING_CQE_F_MORE | IORING_CQE_F_BUFFER;
  if (byte.res != 1 || (byte.flags & kExpected) != kExpected) {
    return refused("io_uring multishot receive", byte.res);
  }
  const Chunk chunk = buffers.lend(byte.flags >> IORING_CQE_BUFFER_SHIFT, 1);
  if (chunk.text() != "R") return refused("io_uring multishot receive", 0);

  io_uring_sqe* cancel = io_uring_get_sqe(&ring);
  io_uring_prep_cancel64(cancel, kReceiveData, 0);
  cancel->flags |= IOSQE_CQE_SKIP_SUCCESS;
  cancel->user_data = kCancelData;
  const io_uring_cqe end = submit_and_take(ring);
  if (end.user_data != kReceiveData || end.res != -ECANCELED) {
    return refused("io_uring cancel", end.res);
  }
  return {};
}

}  // namespace ringtalk::reactor
