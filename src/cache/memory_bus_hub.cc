#include "cache/memory_bus_hub.h"

#include "cache/memory_bus.h"

namespace ringtalk::cache {

void MemoryBusHub::leave(MemoryBus& bus) {
  std::erase(buses_, &bus);
  std::erase_if(events_, [&](const auto& entry) { return entry.second.bus == &bus; });
}

void MemoryBusHub::publish(const std::string& channel, const std::string& payload) {
  for (MemoryBus* bus : buses_) {
    if (!bus->hears(channel)) continue;
    if (happens(chances_.drops)) {
      ++dropped_;
      continue;
    }
    const int copies = happens(chances_.doubles) ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      deliver({.bus = bus,
               .kind = Event::Kind::kHeard,
               .number = bus->session_,
               .channel = channel,
               .payload = payload},
              draw_delay());
    }
  }
}

void MemoryBusHub::deliver(Event event, reactor::Duration delay) {
  events_.emplace(std::pair(reactor_.now() + delay, next_number()), std::move(event));
  reactor_.timers().schedule(*this, events_.begin()->first.first);
}

reactor::Duration MemoryBusHub::draw_delay() {
  if (!happens(chances_.delays)) return {};
  std::uniform_int_distribution<std::int64_t> span(0, chances_.delay_max.count());
  return std::chrono::milliseconds(span(random_));
}

bool MemoryBusHub::happens(double chance) {
  return chance > 0 && std::bernoulli_distribution(chance)(random_);
}

void MemoryBusHub::expired() {
  while (!events_.empty() && events_.begin()->first.first <= reactor_.now()) {
    const Event event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    event.bus->take(event);  // which may deliver more, close its bus, or end it
  }
  if (!events_.empty()) reactor_.timers().schedule(*this, events_.begin()->first.first);
}

}  // namespace ringtalk::cache
