#include "app/chat/bus_link.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cache/keys.h"

namespace ringtalk::app::chat {
namespace {

using cache::ChannelKind;

/// Whom it makes a member, or no longer one.
std::vector<protocol::UserId> users_of_change(const Published& published) {
  if (const auto* joined = std::get_if<protocol::Joined>(&published.event.detail)) {
    return joined->user_ids;
  }
  if (const auto* left = std::get_if<protocol::Left>(&published.event.detail)) {
    return {left->user_id};
  }
  return published.opened_to;
}

}  // namespace

void BusLink::open(Receiver& receiver) {
  receiver_ = &receiver;
  if (!has_bus()) return;
  environment_.bus->subscribe(std::string(cache::kEveryoneChannel));
  environment_.bus->open(*this);
}

reactor::Task<void> BusLink::close() {
  if (has_bus()) co_await environment_.bus->close();
}

// --- what we need ---

void BusLink::listen(protocol::ConversationId id) {
  if (has_bus()) environment_.bus->subscribe(cache::conversation_channel(id.value));
}

void BusLink::unlisten(protocol::ConversationId id) {
  if (has_bus()) environment_.bus->unsubscribe(cache::conversation_channel(id.value));
}

void BusLink::listen(protocol::UserId id) {
  if (has_bus()) environment_.bus->subscribe(cache::user_channel(id.value));
}

void BusLink::unlisten(protocol::UserId id) {
  if (has_bus()) environment_.bus->unsubscribe(cache::user_channel(id.value));
}

void BusLink::listen_presence(protocol::UserId id) {
  if (has_bus()) environment_.bus->subscribe(cache::presence_channel(id.value));
}

void BusLink::unlisten_presence(protocol::UserId id) {
  if (has_bus()) environment_.bus->unsubscribe(cache::presence_channel(id.value));
}

// --- what we say ---

void BusLink::publish(const Published& published) {
  if (!has_bus()) return;
  const std::string letter = write_bus_letter(environment_.instance, published);
  if (changes_members(published)) {
    for (const protocol::UserId user : users_of_change(published)) {
      send(cache::user_channel(user.value), letter);
    }
  }
  if (published.event.seq > 0) {
    send(cache::conversation_channel(published.conversation_id.value), letter);
  }
}

void BusLink::publish(const Passing& passing) {
  if (!has_bus()) return;
  send(cache::conversation_channel(passing.conversation_id.value),
       write_bus_letter(environment_.instance, passing));
}

void BusLink::publish(const PresenceLetter& letter) {
  if (has_bus()) send(cache::presence_channel(letter.user.value), write_presence_letter(letter));
}

void BusLink::send(std::string channel, std::string payload) {
  ++figures_.published;
  if (!environment_.bus->publish(std::move(channel), std::move(payload))) {
    ++figures_.publishes_lost;
  }
}

// --- what we hear ---

void BusLink::heard(std::string_view channel, std::string_view payload) {
  if (sender_of(payload) == environment_.instance) return;
  const auto name = cache::parse_channel(channel);
  if (name && name->kind == ChannelKind::kPresence) return heard_presence(payload);
  const auto letter = parse_bus_letter(payload, environment_.json_reader);
  if (!letter) {
    ++figures_.unread;
    return;
  }
  ++figures_.heard;
  if (std::holds_alternative<LostNews>(letter->news)) {
    ++misses_;
    return receiver_->missed_something();
  }
  if (const auto* passing = std::get_if<PassingPtr>(&letter->news)) {
    return receiver_->heard_passing(*passing);
  }
  const PublishedPtr& published = std::get<PublishedPtr>(letter->news);
  if (name && name->kind == ChannelKind::kUser) {
    receiver_->heard_notice(published);
  } else {
    receiver_->heard_event(published);
  }
}

void BusLink::heard_presence(std::string_view payload) {
  const auto letter = parse_presence_letter(payload);
  ++(letter ? figures_.heard : figures_.unread);
  if (letter && presence_receiver_ != nullptr) presence_receiver_->heard_presence(*letter);
}

void BusLink::subscribed(std::string_view channel) {
  const auto name = cache::parse_channel(channel);
  if (name && name->kind == ChannelKind::kConversation) receiver_->hears({name->id});
  if (name && name->kind == ChannelKind::kPresence && presence_receiver_ != nullptr) {
    presence_receiver_->hears_presence({name->id});
  }
}

void BusLink::lost() {
  ++misses_;
  receiver_->lost_bus();
  if (presence_receiver_ != nullptr) presence_receiver_->lost_presence();
}

void BusLink::lost_publishes() {
  send(std::string(cache::kEveryoneChannel), write_bus_letter(environment_.instance, LostNews()));
}

}  // namespace ringtalk::app::chat
