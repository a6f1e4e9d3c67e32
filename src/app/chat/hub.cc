#include "app/chat/hub.h"

#include <algorithm>
#include <variant>

#include "app/chat/feed.h"
#include "app/chat/session.h"
#include "app/chat/session_table.h"
#include "app/limits.h"

namespace ringtalk::app::chat {

void Hub::deliver(const PublishedPtr& published) {
  const protocol::Seq seq = published->event.seq;
  recent_[delivered_++ % kRecentHeads] = {published->conversation_id, seq};

  tell_former_member(*published);
  if (const auto found = topics_.find(published->conversation_id); found != topics_.end()) {
    Topic& topic = *found->second;
    append_to_tail(topic, published);
    topic.head = std::max(topic.head, seq);
    if (seq > 0) {
      for (Feed* feed : topic.feeds) feed->offer(*published);
    }
  }
  tell_new_members(*published);
}

void Hub::pass_on(const Passing& passing) {
  const auto found = topics_.find(passing.conversation_id);
  if (found == topics_.end()) return;
  for (Feed* feed : found->second->feeds) feed->pass_on(passing);
}

// The tail stays dense: what comes early or late is left to the database.
void Hub::append_to_tail(Topic& topic, const PublishedPtr& published) {
  const protocol::Seq seq = published->event.seq;
  if (seq == 0 || seq <= topic.head) return;
  if (seq != topic.head + 1) {
    topic.tail.clear();
    topic.tail_bytes = 0;
  }
  topic.tail.push_back(published);
  topic.tail_bytes += published->frame.size();
  while (topic.tail.size() > limits::kTailEventsMax || topic.tail_bytes > limits::kTailBytesMax) {
    topic.tail_bytes -= topic.tail.front()->frame.size();
    topic.tail.pop_front();
  }
}

void Hub::tell_new_members(const Published& published) {
  const auto tell = [&](protocol::UserId user) {
    sessions_.each_of_user(
        user, [&](Session& session) { session.became_member(published.conversation_id); });
  };
  for (const protocol::UserId user : published.opened_to) tell(user);
  if (const auto* joined = std::get_if<protocol::Joined>(&published.event.detail)) {
    for (const protocol::UserId user : joined->user_ids) tell(user);
  }
}

void Hub::tell_former_member(const Published& published) {
  const auto* left = std::get_if<protocol::Left>(&published.event.detail);
  if (left == nullptr) return;
  sessions_.each_of_user(left->user_id, [&](Session& session) {
    session.ceased_to_be_member(published.conversation_id);
  });
}

Topic& Hub::join(protocol::ConversationId id, Feed& feed) {
  std::unique_ptr<Topic>& topic = topics_[id];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->id = id;
  }
  topic->feeds.push_back(&feed);
  return *topic;
}

void Hub::leave(Topic& topic, Feed& feed) {
  // Order among listeners means nothing: the last one takes the place.
  const auto place = std::ranges::find(topic.feeds, &feed);
  *place = topic.feeds.back();
  topic.feeds.pop_back();
  if (topic.feeds.empty()) topics_.erase(topic.id);
}

bool Hub::raise_heads_since(std::uint64_t mark) {
  if (delivered_ - mark > kRecentHeads) return false;
  for (std::uint64_t i = mark; i < delivered_; ++i) {
    const RecentHead& recent = recent_[i % kRecentHeads];
    const auto found = topics_.find(recent.id);
    if (found != topics_.end()) found->second->head = std::max(found->second->head, recent.seq);
  }
  return true;
}

bool Hub::raise_head(protocol::ConversationId id, protocol::Seq head) {
  const auto found = topics_.find(id);
  if (found == topics_.end() || found->second->head >= head) return false;
  found->second->head = head;
  for (Feed* feed : found->second->feeds) feed->catch_up();
  return true;
}

std::vector<std::int64_t> Hub::conversation_ids() const {
  std::vector<std::int64_t> ids;
  ids.reserve(topics_.size());
  for (const auto& [id, topic] : topics_) ids.push_back(id.value);
  return ids;
}

}  // namespace ringtalk::app::chat
