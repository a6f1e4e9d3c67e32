#include "reactor/backend.h"

#include <utility>

#include "reactor/epoll_backend.h"
#include "reactor/uring_backend.h"

namespace ringtalk::reactor {

Result<BackendChoice> make_backend(BackendKind kind) {
  BackendChoice choice;
  if (kind != BackendKind::kEpoll) {
    Result<std::unique_ptr<UringBackend>> uring = UringBackend::open();
    if (uring) {
      choice.backend = std::move(*uring);
      return choice;
    }
    choice.why_not_uring = uring.error().detail;
  }
  Result<std::unique_ptr<EpollBackend>> epoll = EpollBackend::open();
  if (!epoll) return std::unexpected(epoll.error());
  choice.backend = std::move(*epoll);
  return choice;
}

}  // namespace ringtalk::reactor
