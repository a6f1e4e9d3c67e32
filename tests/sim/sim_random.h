// Draws for a simulation, over SimRandom: the same from the same seed. Each part of a simulation
// has one of its own, so that a draw more in one part does not shift the others. Test code; one
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "reactor/clock.h"
#include "reactor/sim_network.h"

namespace ringtalk::sim {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::uint64_t next() { return random_.next(); }
  [[nodiscard]] bool chance(double probability) { return random_.chance(probability); }
  /// low … high, both included.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low) + 1));
  }
  /// Small values more often than large ones.
  [[nodiscard]] std::int64_t mostly_small(std::int64_t low, std::int64_t high) {
    return between(low, between(low, high));
  }
  [[nodiscard]] reactor::Duration milliseconds(std::int64_t low, std::int64_t high) {
    return std::chrono::milliseconds(between(low, high));
  }
  /// Of a container that is not empty.
  template <class Container>
  [[nodiscard]] auto& one_of(Container& container) {
    return container[static_cast<std::size_t>(random_.below(container.size()))];
  }

 private:
  reactor::SimRandom random_;
};

}  // namespace ringtalk::sim
