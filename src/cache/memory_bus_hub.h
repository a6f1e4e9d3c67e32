// MemoryBusHub: what joins MemoryBuses: a queue of events for them, in time, and the chance that
// spoils it. Outlives its buses. Owned by a test or a simulation; one reactor, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "reactor/reactor.h"
#include "reactor/timer_wheel.h"

namespace ringtalk::cache {

class MemoryBus;

// Of each message and each bus that would hear it; delays also of subscriptions.
struct MemoryBusChances {
  double drops = 0;
  double doubles = 0;
  double delays = 0;  // by up to delay_max: later ones overtake it
  std::chrono::milliseconds delay_max{20};
};

class MemoryBusHub final : reactor::Timer {
 public:
  MemoryBusHub(reactor::Reactor& reactor, std::uint64_t seed) : reactor_(reactor), random_(seed) {}

  /// From now on.
  void set_chances(MemoryBusChances chances) { chances_ = chances; }

  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  friend class MemoryBus;
  struct Event {
    enum class Kind : std::uint8_t { kUp, kSubscribed, kHeard, kLost };
    MemoryBus* bus = nullptr;
    Kind kind = Kind::kUp;
    std::uint64_t number = 0;  // of a session or subscription
    std::string channel{};
    std::string payload{};
  };

  void join(MemoryBus& bus) { buses_.push_back(&bus); }
  /// What is on its way to it is forgotten.
  void leave(MemoryBus& bus);
  void publish(const std::string& channel, const std::string& payload);
  /// From the loop.
  void deliver(Event event, reactor::Duration delay = {});
  [[nodiscard]] std::uint64_t next_number() { return ++numbers_; }
  [[nodiscard]] bool happens(double chance);
  [[nodiscard]] reactor::Duration draw_delay();
  void expired() override;

  reactor::Reactor& reactor_;
  std::mt19937_64 random_;
  MemoryBusChances chances_;
  std::vector<MemoryBus*> buses_;
  std::map<std::pair<reactor::TimePoint, std::uint64_t>, Event> events_;
  std::uint64_t numbers_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace ringtalk::cache
