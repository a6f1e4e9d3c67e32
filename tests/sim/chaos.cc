#include "chaos.h"

#include <chrono>

namespace ringtalk::sim {

using reactor::Task;

Task<void> Chaos::live() {
  const auto most =
      std::chrono::duration_cast<std::chrono::milliseconds>(environment_.options.chaos_pause_max);
  while (!is_stopped_) {
    co_await environment_.world.reactor().sleep_for(draw_.milliseconds(10, most.count()));
    if (!is_stopped_) act();
  }
}

void Chaos::act() {
  const ChaosWeights& weights = environment_.options.chaos;
  std::int64_t die = draw_.between(0, 19);
  const auto falls_to = [&die](int weight) { return (die -= weight) < 0; };
  if (falls_to(weights.crash)) return kill(false);
  if (falls_to(weights.restart)) return kill(true);
  if (falls_to(weights.database_away)) return lose_database();
  if (falls_to(weights.lock)) return lock();
  if (falls_to(weights.bus_away)) return lose_bus();
  if (falls_to(weights.stall)) return stall();
}

void Chaos::kill(bool in_order) {
  SimInstance* instance = instances_.draw_instance(draw_);
  if (instance == nullptr) return;
  if (in_order) {
    instances_.end(*instance);
  } else {
    instances_.crash(*instance);
  }
  scope_.spawn(later(draw_.milliseconds(10, 1'500), &Chaos::start_instance));
}

void Chaos::start_instance() {
  if (instances_.up() < environment_.options.instances) instances_.start_one();
}

void Chaos::lose_database() {
  environment_.trace.note("the database goes away");
  environment_.database.go_away();
  scope_.spawn(later(draw_.milliseconds(1, draw_.between(1, 7'000)), &Chaos::restore_database));
}

void Chaos::lose_bus() {
  SimInstance* instance = instances_.draw_instance(draw_);
  if (instance == nullptr) return;
  environment_.trace.note("instance {} loses the bus", instance->number());
  for (std::size_t i = 0; i < instance->size(); ++i) instance->shard(i).bus()->go_away();
  scope_.spawn(later(draw_.milliseconds(1, draw_.between(1, 5'000)), &Chaos::restore_bus));
}

void Chaos::restore_bus() {
  instances_.each_shard([](SimShard& shard) {
    if (shard.bus() != nullptr) shard.bus()->come_back();
  });
}

void Chaos::lock() {
  const auto& conversations = environment_.database.tables.conversations();
  auto place = conversations.begin();
  std::advance(place, draw_.between(0, std::ssize(conversations) - 1));
  environment_.trace.note("somebody locks {}", place->first);
  environment_.database.lock(
      place->first, environment_.world.now() + draw_.milliseconds(1, draw_.between(1, 8'000)));
}

void Chaos::stall() {
  SimShard* shard = instances_.draw_shard(draw_);
  if (shard == nullptr) return;
  const auto span = draw_.milliseconds(1, draw_.between(1, 1'000));
  environment_.trace.note("{} is not run for {} ms", shard->name(), span.count() / 1'000'000);
  shard->seat().stall_until(environment_.world.now() + span);
}

Task<void> Chaos::later(reactor::Duration delay, void (Chaos::*act)()) {
  co_await environment_.world.reactor().sleep_for(delay);
  (this->*act)();
}

void Chaos::mend() {
  is_stopped_ = true;
  environment_.database.heal();
  environment_.hub.set_chances({});
  while (instances_.up() < environment_.options.instances) instances_.start_one();
  restore_bus();
}

}  // namespace ringtalk::sim
