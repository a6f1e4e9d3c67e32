#include "app/chat/hub.h"

#include <algorithm>
#include <variant>

#include "app/chat/feed.h"
#include "app/chat/routes.h"
#include "app/chat/session.h"
#include "app/chat/session_table.h"
#include "app/limits.h"

namespace ringtalk::app::chat {

void Hub::deliver(const PublishedPtr& published) {
  const auto found = topics_.find(published->conversation_id);
  if (found == topics_.end()) return;
  Topic& topic = *found->second;
  append_to_tail(topic, published);
  topic.head = std::max(topic.head, published->event.seq);
  for (Feed* feed : topic.feeds) feed->offer(*published);
}

void Hub::pass_on(const Passing& passing) {
  const auto found = topics_.find(passing.conversation_id);
  if (found == topics_.end()) return;
  for (Feed* feed : found->second->feeds) feed->pass_on(passing);
}

// The tail stays dense: what comes early or late is left to the database.
void Hub::append_to_tail(Topic& topic, const PublishedPtr& published) {
  const protocol::Seq seq = published->event.seq;
  const protocol::Seq last = topic.tail.empty() ? 0 : topic.tail.back()->event.seq;
  if (seq <= last) return;
  if (seq != last + 1) {
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

void Hub::tell_members(const Published& published) {
  const auto tell_new = [&](protocol::UserId user) {
    sessions_.each_of_user(
        user, [&](Session& session) { session.became_member(published.conversation_id); });
  };
  for (const protocol::UserId user : published.opened_to) tell_new(user);
  if (const auto* joined = std::get_if<protocol::Joined>(&published.event.detail)) {
    for (const protocol::UserId user : joined->user_ids) tell_new(user);
  }
  if (const auto* left = std::get_if<protocol::Left>(&published.event.detail)) {
    sessions_.each_of_user(left->user_id, [&](Session& session) {
      session.ceased_to_be_member(published.conversation_id);
    });
  }
}

Topic& Hub::join(protocol::ConversationId id, Feed& feed) {
  std::unique_ptr<Topic>& topic = topics_[id];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->id = id;
    directory_.reach_surely(
        shard_, directory_.owner_of(id.value),
        [id, shard = shard_](ShardPort& port) { port.routes->listen(id, shard); });
  }
  feed.place_ = static_cast<std::uint32_t>(topic->feeds.size());
  topic->feeds.push_back(&feed);
  return *topic;
}

void Hub::leave(Topic& topic, Feed& feed) {
  // Order among listeners means nothing: the last one takes the place.
  Feed& last = *topic.feeds.back();
  topic.feeds[feed.place_] = &last;
  last.place_ = feed.place_;
  topic.feeds.pop_back();
  if (!topic.feeds.empty()) return;
  const protocol::ConversationId id = topic.id;
  topics_.erase(id);
  directory_.reach_surely(
      shard_, directory_.owner_of(id.value),
      [id, shard = shard_](ShardPort& port) { port.routes->unlisten(id, shard); });
}

Topic* Hub::find(protocol::ConversationId id) const {
  const auto found = topics_.find(id);
  return found == topics_.end() ? nullptr : found->second.get();
}

bool Hub::raise_head(protocol::ConversationId id, protocol::Seq head) {
  Topic* topic = find(id);
  return topic != nullptr && raise_head(*topic, head);
}

// Whoever has learned of it, all must hear: a head that is known already is never raised again.
bool Hub::raise_head(Topic& topic, protocol::Seq head) {
  if (topic.head >= head) return false;
  topic.head = head;
  bool is_anyone_behind = false;
  for (Feed* feed : topic.feeds) is_anyone_behind |= feed->catch_up();
  return is_anyone_behind;
}

}  // namespace ringtalk::app::chat
