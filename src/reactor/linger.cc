#include "reactor/linger.h"

#include <chrono>
#include <cstddef>

namespace ringtalk::reactor {
namespace {

constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytesMax = 1024 * 1024;

}  // namespace

Task<void> linger(Reactor& reactor, ByteStream& stream) {
  stream.shutdown_send();
  const Deadline deadline = reactor.after(kLinger);
  std::size_t dropped = 0;
  while (dropped < kLingerBytesMax) {
    const auto received = co_await stream.receive(deadline);
    if (!received || received->empty()) co_return;
    dropped += received->size();
  }
}

}  // namespace ringtalk::reactor
