#include "instances.h"

#include <algorithm>

namespace ringtalk::sim {

void Instances::start_one() {
  instances_.push_back(std::make_unique<SimInstance>(environment_, ++last_number_));
  environment_.trace.note("instance {} starts", last_number_);
}

std::size_t Instances::up() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(instances_, [](const auto& one) { return one->is_up(); }));
}

SimInstance* Instances::draw_instance(Draw& draw) {
  std::vector<SimInstance*> those_up;
  for (const auto& instance : instances_) {
    if (instance->is_up()) those_up.push_back(instance.get());
  }
  return those_up.empty() ? nullptr : draw.one_of(those_up);
}

SimShard* Instances::draw_shard(Draw& draw) {
  SimInstance* instance = draw_instance(draw);
  if (instance == nullptr) return nullptr;
  return &instance->shard(
      static_cast<std::size_t>(draw.between(0, static_cast<std::int64_t>(instance->size()) - 1)));
}

void Instances::crash(SimInstance& instance) {
  environment_.trace.note("instance {} is killed", instance.number());
  instance.crash();
  scope_.spawn(instance.end());
}

void Instances::end(SimInstance& instance) {
  environment_.trace.note("instance {} is told to stop", instance.number());
  scope_.spawn(instance.end());
}

void Instances::end_all() {
  for (const auto& instance : instances_) {
    if (instance->is_up()) end(*instance);
  }
}

void Instances::bury() {
  std::erase_if(instances_, [](const auto& instance) { return instance->is_gone(); });
}

}  // namespace ringtalk::sim
