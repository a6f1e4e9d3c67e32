#include "app/chat/typing_throttle.h"

#include <algorithm>

#include "app/limits.h"

namespace ringtalk::app::chat {

bool TypingThrottle::lets_pass(protocol::ConversationId id, bool is_on, reactor::TimePoint now) {
  if (is_on) return lets_pass_on(id, now);
  const auto place = std::ranges::find(places_, id, &Place::id);
  if (place == places_.end() || !place->is_on) return false;  // nobody was told of an `on`
  place->is_on = false;
  return true;
}

bool TypingThrottle::lets_pass_on(protocol::ConversationId id, reactor::TimePoint now) {
  const auto has_rested = [&](const Place& place) {
    return now - place.last_on >= limits::kTypingPause;
  };
  auto place = std::ranges::find(places_, id, &Place::id);
  if (place == places_.end() && places_.size() < limits::kTypingPlacesMax) {
    places_.push_back({.id = id, .last_on = now, .is_on = true});
    return true;
  }
  if (place == places_.end()) place = std::ranges::min_element(places_, {}, &Place::last_on);
  if (!has_rested(*place)) return false;
  *place = {.id = id, .last_on = now, .is_on = true};
  return true;
}

}  // namespace ringtalk::app::chat
