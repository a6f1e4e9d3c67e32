// SimInstance: one server process of a simulation: its shards and their directory. It can be
// killed: then nothing of it is seen any more, and it is taken down behind the scenes in the
// orderly way, for a suspended task is never destroyed. Owned by Instances; the world's reactor
// carries its end.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/shard_directory.h"
#include "reactor/task.h"
#include "sim_environment.h"
#include "sim_shard.h"

namespace ringtalk::sim {

class SimInstance : reactor::Pinned {
 public:
  SimInstance(SimEnvironment& environment, std::uint64_t number);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] SimShard& shard(std::size_t index) { return *shards_[index]; }
  [[nodiscard]] std::size_t size() const { return shards_.size(); }
  [[nodiscard]] bool is_up() const { return is_up_; }
  [[nodiscard]] bool is_gone() const { return is_gone_; }

  void crash();
  /// Ends the life of the process; orderly, unless it has crashed.
  [[nodiscard]] reactor::Task<void> end();

 private:
  [[nodiscard]] bool all(bool (SimShard::*is_so)() const) const;

  SimEnvironment& environment_;
  const std::uint64_t number_;
  app::ShardDirectory directory_;
  std::vector<std::unique_ptr<SimShard>> shards_;
  bool is_up_ = true;
  bool is_gone_ = false;
};

}  // namespace ringtalk::sim
