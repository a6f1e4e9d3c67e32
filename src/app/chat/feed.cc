#include "app/chat/feed.h"

#include "app/chat/feed_set.h"
#include "app/chat/hub.h"

namespace ringtalk::app::chat {

Feed::Feed(FeedSet& owner, Hub& hub, protocol::ConversationId id)
    : owner_(owner), hub_(hub), id_(id), topic_(&hub.join(id, *this)) {}

Feed::~Feed() {
  leave();
}

void Feed::offer(const Round& round) {
  owner_.offered(*this, round);
}

bool Feed::catch_up() {
  return owner_.fell_behind(*this);
}

void Feed::pass_on(const Passing& passing) {
  owner_.pass_on(*this, passing);
}

void Feed::leave() {
  if (state == State::kLeft) return;
  state = State::kLeft;
  hub_.leave(*topic_, *this);
  topic_ = nullptr;
}

void Feed::raise_head(protocol::Seq seq) {
  if (topic_ != nullptr) static_cast<void>(hub_.raise_head(*topic_, seq));
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
