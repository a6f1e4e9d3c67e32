// Chaos: what goes wrong with the whole: instances are killed and restarted, the database and the
// bus go away, a row stays locked, a thread is not run. Owned by the world, on whose reactor it
// lives.
#pragma once

#include "instances.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"
#include "sim_environment.h"
#include "sim_random.h"

namespace ringtalk::sim {

class Chaos : reactor::Pinned {
 public:
  Chaos(SimEnvironment& environment, Instances& instances)
      : environment_(environment),
        instances_(instances),
        draw_(environment.options.seed ^ 0xc405U) {}

  [[nodiscard]] reactor::Task<void> live();
  void stop() { is_stopped_ = true; }
  /// Everything is up again, and nothing is lost on its way any more.
  void mend();
  [[nodiscard]] bool is_idle() const { return scope_.running() == 0; }

 private:
  void act();
  void kill(bool in_order);
  void lose_database();
  void lose_bus();
  void lock();
  void stall();
  [[nodiscard]] reactor::Task<void> later(reactor::Duration delay, void (Chaos::*act)());
  void start_instance();
  void restore_database() { environment_.database.come_back(); }
  void restore_bus();

  SimEnvironment& environment_;
  Instances& instances_;
  Draw draw_;
  bool is_stopped_ = false;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::sim
