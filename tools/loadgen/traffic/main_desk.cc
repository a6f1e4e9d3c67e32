#include "loadgen/traffic/main_desk.h"

namespace ringtalk::loadgen {

MainDesk::MainDesk() {
  auto choice = reactor::make_backend(reactor::BackendKind::kEpoll);
  RINGTALK_ASSERT(choice, "epoll is always there");
  reactor_ = std::make_unique<reactor::Reactor>(std::move(choice->backend), clock_);
}

void MainDesk::run(reactor::Task<void> task) {
  scope_.spawn(std::move(task));
  while (scope_.running() > 0) {
    reactor_->run_turn(reactor_->after(std::chrono::milliseconds(100)));
  }
}

}  // namespace ringtalk::loadgen
