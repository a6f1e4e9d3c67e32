// TurnBackend: a kernel that never sleeps and has no descriptors: it notes how long its reactor
// wants to sleep, so that a simulation can turn many reactors over one clock. Owned by its reactor;
// one thread.
#pragma once

#include <string_view>
#include <vector>

#include "reactor/backend.h"

namespace ringtalk::sim {

class TurnBackend final : public reactor::Backend {
 public:
  /// Of the last turn: it has nothing to do before.
  [[nodiscard]] reactor::Deadline wanted() const { return wanted_; }
  void want_turn() { wanted_ = reactor::Deadline::min(); }

  [[nodiscard]] std::string_view name() const override { return "turn"; }
  void accept(reactor::AcceptOperation&) override { refuse(); }
  void receive(reactor::ReceiveOperation&) override { refuse(); }
  void send(reactor::SendOperation&) override { refuse(); }
  void connect(reactor::ConnectOperation&) override { refuse(); }
  void poll(reactor::PollOperation&) override { refuse(); }
  void cancel(reactor::Operation&) override {}
  void wait(reactor::Deadline until, std::vector<reactor::Completion>&) override {
    wanted_ = until;
  }
  void wake() noexcept override { want_turn(); }
  [[nodiscard]] reactor::BackendFigures figures() const override { return {}; }

 private:
  static void refuse() { RINGTALK_ASSERT(false, "a simulated shard has no descriptors"); }

  reactor::Deadline wanted_ = reactor::Deadline::min();
};

}  // namespace ringtalk::sim
