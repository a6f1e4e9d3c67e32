#include "app/chat/routes.h"

#include <algorithm>
#include <utility>

#include "app/chat/hub.h"
#include "app/metrics.h"

namespace ringtalk::app::chat {

void Routes::listen(protocol::ConversationId id, std::size_t shard) {
  Route& route = routes_[id];
  if (route.shards.empty()) environment_.link.listen(id);
  if (std::ranges::find(route.shards, shard) == route.shards.end()) route.shards.push_back(shard);
  // For what was committed here; hears() will ask again, for what was committed elsewhere.
  uncheck(id);
}

void Routes::unlisten(protocol::ConversationId id, std::size_t shard) {
  const auto found = routes_.find(id);
  if (found == routes_.end()) return;
  std::erase(found.value().shards, shard);
  if (!found->second.shards.empty()) return;
  routes_.erase(found);
  environment_.link.unlisten(id);
}

// --- what is committed ---

void Routes::deliver(const PublishedPtr& published) {
  ++delivered_;
  if (changes_members(*published)) tell_members(published);
  deliver_here(published);
  environment_.link.publish(*published);
  environment_.tails.append(*published);
}

void Routes::deliver_here(const PublishedPtr& published) {
  const auto found = routes_.find(published->conversation_id);
  if (published->event.seq == 0 || found == routes_.end()) return;
  Route& route = found.value();
  route.head = std::max(route.head, published->event.seq);
  for (const std::size_t shard : route.shards) {
    const auto deliver = [published](ShardPort& port) { port.hub->deliver(published); };
    if (reach(shard, deliver)) continue;
    ++letters_lost_;
    uncheck(published->conversation_id);
  }
}

void Routes::tell_members(const PublishedPtr& published) {
  for (std::size_t shard = 0; shard < environment_.directory.size(); ++shard) {
    const auto tell = [published](ShardPort& port) { port.hub->tell_members(*published); };
    if (!reach(shard, tell)) ++letters_lost_;
  }
}

void Routes::pass_on(const PassingPtr& passing) {
  pass_on_here(passing);
  environment_.link.publish(*passing);
}

void Routes::pass_on_here(const PassingPtr& passing) {
  const auto found = routes_.find(passing->conversation_id);
  if (found == routes_.end()) return;
  for (const std::size_t shard : found->second.shards) {
    const auto pass = [passing](ShardPort& port) { port.hub->pass_on(*passing); };
    if (!reach(shard, pass)) ++passing_letters_lost_;
  }
}

// --- heads ---

void Routes::raise_heads(const std::vector<db::HeadRow>& heads) {
  std::vector<std::vector<db::HeadRow>> of_shard(environment_.directory.size());
  for (const db::HeadRow& head : heads) {
    const auto found = routes_.find({head.conversation_id});
    if (found == routes_.end()) continue;
    Route& route = found.value();
    route.head = std::max(route.head, head.last_seq);
    for (const std::size_t shard : route.shards) of_shard[shard].push_back(head);
  }
  for (std::size_t shard = 0; shard < of_shard.size(); ++shard) {
    if (of_shard[shard].empty()) continue;
    // Answers to what this shard asked the database: not bounded by the mailbox.
    environment_.directory.post_surely(
        shard, [raised = std::move(of_shard[shard])](ShardPort& port) {
          for (const db::HeadRow& head : raised) {
            const bool was_behind = port.hub->raise_head({head.conversation_id}, head.last_seq);
            if (was_behind) ++port.metrics->heads_found_behind;
          }
        });
  }
}

std::vector<std::int64_t> Routes::take_unchecked() {
  for (const std::int64_t id : unchecked_) {
    const auto found = routes_.find({id});
    if (found != routes_.end()) found.value().is_unchecked = false;
  }
  return std::exchange(unchecked_, {});
}

void Routes::uncheck(protocol::ConversationId id) {
  const auto found = routes_.find(id);
  if (found == routes_.end() || found->second.is_unchecked) return;
  found.value().is_unchecked = true;
  unchecked_.push_back(id.value);
  if (observer_ != nullptr) observer_->wants_checks();
}

void Routes::lost_bus() {
  if (observer_ != nullptr) observer_->wants_checks();
}

void Routes::missed_something() {
  for (const std::int64_t id : conversation_ids()) uncheck({id});
}

std::vector<std::int64_t> Routes::conversation_ids() const {
  std::vector<std::int64_t> ids;
  ids.reserve(routes_.size());
  for (const auto& [id, route] : routes_) ids.push_back(id.value);
  return ids;
}

}  // namespace ringtalk::app::chat
