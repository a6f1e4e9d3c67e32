#include "cache/subscriptions.h"

#include <utility>

#include "cache/limits.h"

namespace ringtalk::cache {

bool Subscriptions::want(std::string name) {
  Channel& channel = channels_[name];
  if (channel.is_wanted) return false;
  channel.is_wanted = true;
  note_change(channel, name);
  return true;
}

bool Subscriptions::unwant(const std::string& name) {
  const auto found = channels_.find(name);
  if (found == channels_.end() || !found->second.is_wanted) return false;
  Channel& channel = found.value();
  channel.is_wanted = false;
  note_change(channel, name);
  return true;
}

bool Subscriptions::is_wanted(std::string_view name) const {
  const auto found = channels_.find(name);
  return found != channels_.end() && found->second.is_wanted;
}

void Subscriptions::note_change(Channel& channel, const std::string& name) {
  if (std::exchange(channel.is_changed, true)) return;
  changed_.push_back(name);
}

// A channel that is wanted is told even if the server knows it already: whoever subscribed after an
// unsubscribe waits for the answer.
Subscriptions::Changes Subscriptions::next_changes() {
  Changes changes;
  std::size_t room = limits::kChannelsPerCommandMax;
  if (due_ + room > limits::kConfirmationsDueMax) return changes;
  while (room > 0 && !changed_.empty()) {
    std::string name = std::move(changed_.front());
    changed_.pop_front();
    const auto found = channels_.find(name);
    Channel& channel = found.value();
    channel.is_changed = false;
    const bool was_told = std::exchange(channel.is_told, channel.is_wanted);
    if (!channel.is_wanted && !was_told) {
      // Perhaps the answer to an earlier unsubscribe is due.
      if (channel.due == 0) channels_.erase(found);
      continue;
    }
    ++channel.due;
    ++due_;
    --room;
    (channel.is_wanted ? changes.subscribe : changes.unsubscribe).push_back(std::move(name));
  }
  return changes;
}

bool Subscriptions::confirmed(Kind kind, std::string_view name) {
  const auto found = channels_.find(name);
  if (found == channels_.end() || found->second.due == 0) return false;
  Channel& channel = found.value();
  --due_;
  if (--channel.due > 0 || channel.is_changed) return false;
  if (!channel.is_wanted) {
    channels_.erase(found);
    return false;
  }
  return kind == Kind::kSubscribe;
}

void Subscriptions::session_ended() {
  due_ = 0;
  changed_.clear();
  for (auto entry = channels_.begin(); entry != channels_.end();) {
    if (!entry->second.is_wanted) {
      entry = channels_.erase(entry);
      continue;
    }
    entry.value() = {.is_wanted = true, .is_changed = true};
    changed_.push_back(entry->first);
    ++entry;
  }
}

}  // namespace ringtalk::cache
