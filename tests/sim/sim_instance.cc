#include "sim_instance.h"

#include <algorithm>
#include <chrono>

namespace ringtalk::sim {
namespace {

constexpr std::chrono::milliseconds kLook{10};
constexpr std::chrono::seconds kDrainTimeout{5};

}  // namespace

SimInstance::SimInstance(SimEnvironment& environment, std::uint64_t number)
    : environment_(environment), number_(number), directory_(environment.options.shards) {
  for (std::size_t index = 0; index < environment.options.shards; ++index) {
    shards_.push_back(std::make_unique<SimShard>(
        environment, SimShard::Place{.directory = directory_, .instance = number, .index = index}));
    directory_.enter(index, shards_.back()->port());
  }
  for (const auto& shard : shards_) shard->open();
}

void SimInstance::crash() {
  is_up_ = false;
  for (const auto& shard : shards_) shard->die();
}

bool SimInstance::all(bool (SimShard::*is_so)() const) const {
  return std::ranges::all_of(shards_, [&](const auto& shard) { return ((*shard).*is_so)(); });
}

reactor::Task<void> SimInstance::end() {
  is_up_ = false;
  reactor::Reactor& reactor = environment_.world.reactor();
  for (const auto& shard : shards_) {
    shard->seat().reactor().mailbox().post_answer([&shard = *shard] { shard.drain(); });
  }
  const reactor::Deadline patience = reactor.after(kDrainTimeout);
  bool is_aborted = false;
  while (!all(&SimShard::is_quiet)) {
    co_await reactor.sleep_for(kLook);
    if (is_aborted || reactor.now() < patience) continue;
    is_aborted = true;
    for (const auto& shard : shards_) shard->abort_sockets();
  }
  for (const auto& shard : shards_) {
    shard->seat().reactor().mailbox().post_answer([&shard = *shard] { shard.finish(); });
  }
  while (!all(&SimShard::is_finished)) co_await reactor.sleep_for(kLook);
  is_gone_ = true;
}

}  // namespace ringtalk::sim
