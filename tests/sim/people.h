// People: what users do by REST in a simulation: they create conversations, add, remove and rename,
// as the routes of app/rest do it: the store first, then the fan-out. Owned by the world, on whose
// reactor it draws; each act is a task of the shard that it goes to.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "instances.h"
#include "reactor/task.h"
#include "sim_environment.h"
#include "sim_random.h"

namespace ringtalk::sim {

class People : reactor::Pinned {
 public:
  People(SimEnvironment& environment, Instances& instances)
      : environment_(environment),
        instances_(instances),
        draw_(environment.options.seed ^ 0x9e01U) {}

  /// The users and groups that there are from the beginning.
  void settle_down();
  /// Changes by chance until stop().
  [[nodiscard]] reactor::Task<void> live();
  void stop() { is_stopped_ = true; }

 private:
  void act();
  [[nodiscard]] std::int64_t draw_user() {
    return draw_.between(1, static_cast<std::int64_t>(environment_.options.users));
  }
  [[nodiscard]] reactor::Task<void> create_group(SimShard& shard, db::NewGroup group);
  [[nodiscard]] reactor::Task<void> create_direct(SimShard& shard, db::NewDirect direct);
  [[nodiscard]] reactor::Task<void> rename(SimShard& shard, db::RenameRequest request);
  [[nodiscard]] reactor::Task<void> add(SimShard& shard, db::AddRequest request);
  [[nodiscard]] reactor::Task<void> remove(SimShard& shard, db::RemoveRequest request);
  void opened(SimShard& shard, const reactor::Result<db::CreateResult>& created);
  void changed(SimShard& shard, const reactor::Result<db::ChangeResult>& change);

  SimEnvironment& environment_;
  Instances& instances_;
  Draw draw_;
  std::int64_t last_id_ = 1'000;
  bool is_stopped_ = false;
};

}  // namespace ringtalk::sim
