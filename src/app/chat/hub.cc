#include "app/chat/hub.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "app/chat/feed.h"
#include "app/chat/routes.h"
#include "app/chat/session.h"
#include "app/chat/session_table.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

// What is sent to every listener as one piece; more goes event by event.
constexpr std::size_t kPieceBytesMax = 64 * 1024;

}  // namespace

/// When the listeners of a conversation get the next round: at the end of a turn, or once it has
/// rested after the last one.
class RoundTimer final : public reactor::Timer {
 public:
  RoundTimer(Hub& hub, Topic& topic) : hub_(hub), topic_(topic) {}

 private:
  void expired() override {
    if (!hub_.give(topic_) || topic_.feeds.size() < limits::kRestingListenersMin) return;
    const auto rest = std::min<reactor::Duration>(topic_.feeds.size() * limits::kRestPerListener,
                                                  limits::kRestMax);
    reactor::Reactor& reactor = hub_.environment_.reactor;
    reactor.timers().schedule(*this, reactor.after(rest));
  }

  Hub& hub_;
  Topic& topic_;
};

Topic::Topic() = default;
Topic::~Topic() = default;

void Hub::deliver(const PublishedPtr& published) {
  const auto found = topics_.find(published->conversation_id);
  if (found == topics_.end()) return;
  Topic& topic = *found->second;
  append_to_tail(topic, published);
  topic.head = std::max(topic.head, published->event.seq);
  if (topic.feeds.size() < limits::kGatheredListenersMin) {
    give(topic);
  } else {
    give_at_end_of_turn(topic);
  }
}

// Timers are looked at when everything else of the turn is done. While one runs, the conversation
// rests or is in line already.
void Hub::give_at_end_of_turn(Topic& topic) {
  if (!topic.round_timer) topic.round_timer = std::make_unique<RoundTimer>(*this, topic);
  if (topic.round_timer->is_scheduled()) return;
  environment_.reactor.timers().schedule(*topic.round_timer, reactor::Deadline::min());
}

bool Hub::give(Topic& topic) {
  if (topic.tail.empty() || topic.tail.back()->event.seq <= topic.given) return false;
  const Round round = gather(topic);
  topic.given = round.last();
  for (Feed* feed : topic.feeds) feed->offer(round);
  ++rounds_;
  events_given_ += round.events.size();
  gathered_.clear();
  return true;
}

// What has left the tail already is missed by all feeds, which see the hole.
Round Hub::gather(const Topic& topic) {
  const protocol::Seq first = topic.tail.front()->event.seq;
  const protocol::Seq begin = std::max(first, topic.given + 1);
  gathered_.assign(topic.tail.begin() + (begin - first), topic.tail.end());
  Round round{.events = gathered_};
  std::size_t bytes = 0;
  for (const PublishedPtr& published : gathered_) {
    bytes += published->frame.size();
    round.are_messages &= std::holds_alternative<protocol::MessageView>(published->event.detail);
  }
  if (gathered_.size() == 1) {
    round.frames = gathered_.front()->frame;
  } else if (bytes <= kPieceBytesMax) {
    std::string frames;
    frames.reserve(bytes);
    for (const PublishedPtr& published : gathered_) frames += published->frame.text();
    round.frames = reactor::SharedBytes(std::move(frames));
  }
  return round;
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
    environment_.sessions.each_of_user(
        user, [&](Session& session) { session.became_member(published.conversation_id); });
  };
  for (const protocol::UserId user : published.opened_to) tell_new(user);
  if (const auto* joined = std::get_if<protocol::Joined>(&published.event.detail)) {
    for (const protocol::UserId user : joined->user_ids) tell_new(user);
  }
  if (const auto* left = std::get_if<protocol::Left>(&published.event.detail)) {
    environment_.sessions.each_of_user(left->user_id, [&](Session& session) {
      session.ceased_to_be_member(published.conversation_id);
    });
  }
}

Topic& Hub::join(protocol::ConversationId id, Feed& feed) {
  std::unique_ptr<Topic>& topic = topics_[id];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->id = id;
    environment_.directory.reach_surely(
        environment_.shard, environment_.directory.owner_of(id.value),
        [id, shard = environment_.shard](ShardPort& port) { port.routes->listen(id, shard); });
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
  environment_.directory.reach_surely(
      environment_.shard, environment_.directory.owner_of(id.value),
      [id, shard = environment_.shard](ShardPort& port) { port.routes->unlisten(id, shard); });
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
