// Instances: the server processes that there are: some up, some going down. Owned by the world, on
// whose reactor it works.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "reactor/task_scope.h"
#include "sim_environment.h"
#include "sim_instance.h"
#include "sim_random.h"

namespace ringtalk::sim {

class Instances : reactor::Pinned {
 public:
  explicit Instances(SimEnvironment& environment) : environment_(environment) {}

  void start_one();
  /// Of those that are up; null when there are none.
  [[nodiscard]] SimInstance* draw_instance(Draw& draw);
  [[nodiscard]] SimShard* draw_shard(Draw& draw);

  void crash(SimInstance& instance);
  /// In the orderly way.
  void end(SimInstance& instance);
  void end_all();

  [[nodiscard]] std::size_t up() const;
  [[nodiscard]] bool are_all_gone() const { return instances_.empty(); }
  /// Destroys those that have ended; from outside of all turns.
  void bury();

  template <class Visit>
  void each_shard(Visit visit) {
    for (const auto& instance : instances_) {
      for (std::size_t i = 0; instance->is_up() && i < instance->size(); ++i) {
        visit(instance->shard(i));
      }
    }
  }

 private:
  SimEnvironment& environment_;
  std::vector<std::unique_ptr<SimInstance>> instances_;
  std::uint64_t last_number_ = 0;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::sim
