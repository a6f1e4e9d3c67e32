#include "app/chat/feed.h"

#include <memory>
#include <utility>

#include "app/chat/feed_set.h"
#include "app/chat/hub.h"

namespace ringtalk::app::chat {

Feed::Feed(FeedSet& owner, protocol::ConversationId id)
    : owner_(&owner), id_(id), topic_(&owner.hub().join(id, *this)) {}

Feed::Feed(Feed&& other) noexcept
    : position(other.position),
      events_left(other.events_left),
      state(other.state),
      place_(other.place_),
      owner_(other.owner_),
      id_(other.id_),
      topic_(std::exchange(other.topic_, nullptr)) {
  if (topic_ != nullptr) topic_->feeds[place_] = this;
}

Feed& Feed::operator=(Feed&& other) noexcept {
  if (this == &other) return *this;
  std::destroy_at(this);
  return *std::construct_at(this, std::move(other));
}

void Feed::offer(const Round& round) {
  owner_->offered(*this, round);
}

bool Feed::catch_up() {
  return owner_->fell_behind(*this);
}

void Feed::pass_on(const Passing& passing) {
  owner_->pass_on(*this, passing);
}

void Feed::leave() {
  if (topic_ == nullptr) return;
  state = State::kLeft;
  owner_->hub().leave(*topic_, *this);
  topic_ = nullptr;
}

void Feed::raise_head(protocol::Seq seq) {
  if (topic_ != nullptr) static_cast<void>(owner_->hub().raise_head(*topic_, seq));
}

protocol::Seq Feed::head() const {
  return topic_ == nullptr ? position : topic_->head;
}

const Published* Feed::next_in_tail() const {
  if (topic_ == nullptr || topic_->tail.empty()) return nullptr;
  const protocol::Seq first = topic_->tail.front()->event.seq;
  const protocol::Seq next = position + 1;
  if (next < first || next > topic_->tail.back()->event.seq) return nullptr;
  return topic_->tail[static_cast<std::size_t>(next - first)].get();
}

}  // namespace ringtalk::app::chat
