#include "cache/memory_bus.h"

#include <utility>

namespace ringtalk::cache {

MemoryBus::MemoryBus(MemoryBusHub& hub) : hub_(hub) {
  hub_.join(*this);
}

MemoryBus::~MemoryBus() {
  hub_.leave(*this);
}

void MemoryBus::open(Listener& listener) {
  listener_ = &listener;
  if (!is_away_) come_back();
}

reactor::Task<void> MemoryBus::close() {
  listener_ = nullptr;
  is_up_ = false;
  co_return;
}

void MemoryBus::subscribe(std::string channel) {
  const auto [entry, is_new] = channels_.try_emplace(std::move(channel));
  if (is_new) confirm_later(entry->first, entry->second);
}

void MemoryBus::unsubscribe(std::string channel) {
  channels_.erase(channel);
}

bool MemoryBus::publish(std::string channel, std::string payload) {
  if (!is_up_) {
    has_lost_publishes_ = true;
    return false;
  }
  hub_.publish(channel, payload);
  return true;
}

void MemoryBus::go_away() {
  is_away_ = true;
  ++session_;
  for (auto& [name, subscription] : channels_) subscription = {};
  if (!std::exchange(is_up_, false)) return;
  hub_.deliver({.bus = this, .kind = MemoryBusHub::Event::Kind::kLost});
}

void MemoryBus::come_back() {
  is_away_ = false;
  hub_.deliver({.bus = this, .kind = MemoryBusHub::Event::Kind::kUp, .number = ++session_});
}

bool MemoryBus::hears(const std::string& channel) const {
  const auto found = channels_.find(channel);
  return is_up_ && found != channels_.end() && found->second.is_confirmed;
}

void MemoryBus::take(const MemoryBusHub::Event& event) {
  using Kind = MemoryBusHub::Event::Kind;
  if (listener_ == nullptr) return;
  if (event.kind == Kind::kLost) return listener_->lost();
  if (event.kind == Kind::kUp) {
    if (event.number != session_) return;
    is_up_ = true;
    for (auto& [name, subscription] : channels_) confirm_later(name, subscription);
    if (std::exchange(has_lost_publishes_, false)) listener_->lost_publishes();
    return;
  }
  const auto found = channels_.find(event.channel);
  if (found == channels_.end()) return;
  if (event.kind == Kind::kHeard) {
    if (event.number == session_) listener_->heard(event.channel, event.payload);
  } else if (event.number == found->second.number) {
    found->second.is_confirmed = true;
    listener_->subscribed(event.channel);
  }
}

void MemoryBus::confirm_later(const std::string& channel, Subscription& subscription) {
  if (!is_up_) return;
  subscription.number = hub_.next_number();
  hub_.deliver({.bus = this,
                .kind = MemoryBusHub::Event::Kind::kSubscribed,
                .number = subscription.number,
                .channel = channel},
               hub_.draw_delay());
}

}  // namespace ringtalk::cache
