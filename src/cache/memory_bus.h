// MemoryBus: a Bus without Redis, for tests and simulations. Buses of one MemoryBusHub hear each
// other, always from the loop. The hub may drop, double and delay what is published, by a seeded
// chance, and each bus may go away and come back. Owned by a test; one reactor, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "cache/bus.h"
#include "cache/memory_bus_hub.h"

namespace ringtalk::cache {

class MemoryBus final : public Bus {
 public:
  explicit MemoryBus(MemoryBusHub& hub);
  ~MemoryBus() override;

  void open(Listener& listener) override;
  [[nodiscard]] reactor::Task<void> close() override;
  void subscribe(std::string channel) override;
  void unsubscribe(std::string channel) override;
  bool publish(std::string channel, std::string payload) override;
  [[nodiscard]] bool is_available() const override { return is_up_; }

  /// As if the connection broke: lost() is told, nothing is heard.
  void go_away();
  /// Everything that is wanted is subscribed again, one after the other.
  void come_back();

 private:
  friend class MemoryBusHub;
  struct Subscription {
    std::uint64_t number = 0;  // which subscribe() it is: an older one's answer is not for it
    bool is_confirmed = false;
  };

  // Called by the hub, from the loop.
  [[nodiscard]] bool hears(const std::string& channel) const;
  void take(const MemoryBusHub::Event& event);
  void confirm_later(const std::string& channel, Subscription& subscription);

  MemoryBusHub& hub_;
  Listener* listener_ = nullptr;
  std::map<std::string, Subscription> channels_;  // wanted; in an order that repeats
  std::uint64_t session_ = 0;
  bool is_away_ = false;
  bool is_up_ = false;
  bool has_lost_publishes_ = false;
};

}  // namespace ringtalk::cache
