#include "app/chat/head_watch.h"

#include <algorithm>
#include <chrono>

#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using reactor::Task;

// Between two questions of one round, so that a shard with many conversations does not crowd out
// what people wait for.
constexpr std::chrono::milliseconds kBetweenQuestions{20};

}  // namespace

HeadWatch::HeadWatch(const Environment& environment)
    : environment_(environment), pause_(environment.reactor) {}

Task<void> HeadWatch::close() {
  is_closing_ = true;
  pause_.end();
  co_await scope_.join();
}

Task<void> HeadWatch::run() {
  while (!is_closing_) {
    co_await pause_.lasting(environment_.interval);
    co_await compare_all();
  }
}

Task<void> HeadWatch::compare_all() {
  const std::vector<std::int64_t> all = environment_.hub.conversation_ids();
  for (auto next = all.begin(); next != all.end() && !is_closing_;) {
    const auto left = static_cast<std::size_t>(all.end() - next);
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(left, limits::kHeadsComparedMax));
    // Away: what it would have told is asked for in the next round.
    if (!co_await compare({next, end})) co_return;
    next = end;
    if (next != all.end() && !is_closing_) co_await pause_.lasting(kBetweenQuestions);
  }
}

Task<bool> HeadWatch::compare(std::vector<std::int64_t> conversation_ids) {
  const auto heads = co_await environment_.conversations.last_seqs(std::move(conversation_ids));
  if (!heads) co_return false;
  for (const db::HeadRow& head : *heads) {
    if (!environment_.hub.raise_head({head.conversation_id}, head.last_seq)) continue;
    ++environment_.metrics.heads_found_behind;
  }
  co_return true;
}

}  // namespace ringtalk::app::chat
