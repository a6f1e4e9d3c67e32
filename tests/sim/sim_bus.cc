#include "sim_bus.h"

#include <utility>

namespace ringtalk::sim {

void SimBus::go_away() {
  if (is_dead_ || !bus_.is_available()) return;
  bus_.go_away();
  world_.touch();
}

void SimBus::come_back() {
  if (is_dead_ || listener_ == nullptr || bus_.is_available()) return;
  bus_.come_back();
  world_.touch();
}

void SimBus::die() {
  go_away();
  is_dead_ = true;
}

void SimBus::open(Listener& listener) {
  listener_ = &listener;
  bus_.open(*this);
  world_.touch();
}

reactor::Task<void> SimBus::close() {
  listener_ = nullptr;
  co_await bus_.close();
}

void SimBus::subscribe(std::string channel) {
  bus_.subscribe(std::move(channel));
  world_.touch();
}

void SimBus::unsubscribe(std::string channel) {
  bus_.unsubscribe(std::move(channel));
}

bool SimBus::publish(std::string channel, std::string payload) {
  if (is_dead_) return false;
  world_.touch();
  return bus_.publish(std::move(channel), std::move(payload));
}

void SimBus::heard(std::string_view channel, std::string_view payload) {
  tell([channel = std::string(channel), payload = std::string(payload)](Listener& listener) {
    listener.heard(channel, payload);
  });
}

void SimBus::subscribed(std::string_view channel) {
  tell([channel = std::string(channel)](Listener& listener) { listener.subscribed(channel); });
}

void SimBus::lost() {
  tell([](Listener& listener) { listener.lost(); });
}

void SimBus::lost_publishes() {
  tell([](Listener& listener) { listener.lost_publishes(); });
}

void SimBus::tell(std::move_only_function<void(Listener&)> news) {
  if (is_dead_) return;
  seat_.reactor().mailbox().post_answer([this, news = std::move(news)]() mutable {
    if (listener_ != nullptr && !is_dead_) news(*listener_);
  });
}

}  // namespace ringtalk::sim
