// SimBus: a shard's bus over a MemoryBus of the world: what is heard comes to the shard as a
// letter, for it runs on another reactor; what a dead instance says is not heard. Owned by a shard;
// one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cache/memory_bus.h"
#include "seat.h"

namespace ringtalk::sim {

class SimBus final : public cache::Bus, cache::Bus::Listener {
 public:
  SimBus(cache::MemoryBusHub& hub, Seat& world, Seat& seat)
      : bus_(hub), world_(world), seat_(seat) {}

  void go_away();
  void come_back();
  /// The instance is dead: nothing is heard of it any more, and it hears nothing.
  void die();

  void open(Listener& listener) override;
  [[nodiscard]] reactor::Task<void> close() override;
  void subscribe(std::string channel) override;
  void unsubscribe(std::string channel) override;
  bool publish(std::string channel, std::string payload) override;
  [[nodiscard]] bool is_available() const override { return !is_dead_ && bus_.is_available(); }

 private:
  void heard(std::string_view channel, std::string_view payload) override;
  void subscribed(std::string_view channel) override;
  void lost() override;
  void lost_publishes() override;
  void tell(std::move_only_function<void(Listener&)> news);

  cache::MemoryBus bus_;
  Seat& world_;
  Seat& seat_;
  Listener* listener_ = nullptr;
  bool is_dead_ = false;
};

}  // namespace ringtalk::sim
