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
// Until the database is asked again when it did not answer.
constexpr std::chrono::milliseconds kRetryPause{250};

}  // namespace

HeadWatch::HeadWatch(const Environment& environment)
    : environment_(environment), until_round_(environment.reactor), pacing_(environment.reactor) {}

void HeadWatch::open() {
  environment_.routes.observe(this);
  scope_.spawn(run());
}

Task<void> HeadWatch::close() {
  environment_.routes.observe(nullptr);
  is_closing_ = true;
  until_round_.end();
  pacing_.end();
  co_await scope_.join();
}

reactor::Duration HeadWatch::interval() const {
  if (!environment_.routes.is_bus_away()) return environment_.heartbeat;
  return std::min<reactor::Duration>(environment_.heartbeat, limits::kHeadsInsteadOfBus);
}

Task<void> HeadWatch::run() {
  reactor::Reactor& reactor = environment_.reactor;
  reactor::TimePoint last_round = reactor.now();
  while (!is_closing_) {
    const std::vector<std::int64_t> unchecked = environment_.routes.take_unchecked();
    if (!unchecked.empty()) {
      co_await check(unchecked);
    } else if (const auto left = last_round + interval() - reactor.now(); left > left.zero()) {
      co_await until_round_.lasting(left);
    } else {
      co_await compare(environment_.routes.conversation_ids());
      last_round = reactor.now();
    }
  }
}

Task<void> HeadWatch::check(std::vector<std::int64_t> conversation_ids) {
  const std::size_t compared = co_await compare(conversation_ids);
  if (compared == conversation_ids.size() || is_closing_) co_return;
  for (std::size_t i = compared; i < conversation_ids.size(); ++i) {
    environment_.routes.uncheck({conversation_ids[i]});
  }
  co_await pacing_.lasting(kRetryPause);
}

// Returns how many were compared, from the front; all, unless the database was away.
Task<std::size_t> HeadWatch::compare(std::vector<std::int64_t> conversation_ids) {
  auto next = conversation_ids.begin();
  while (next != conversation_ids.end() && !is_closing_) {
    const auto left = static_cast<std::size_t>(conversation_ids.end() - next);
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(left, limits::kHeadsComparedMax));
    const auto heads = co_await environment_.conversations.last_seqs({next, end});
    if (!heads) break;
    environment_.routes.raise_heads(*heads);
    next = end;
    if (next != conversation_ids.end() && !is_closing_) {
      co_await pacing_.lasting(kBetweenQuestions);
    }
  }
  co_return static_cast<std::size_t>(next - conversation_ids.begin());
}

}  // namespace ringtalk::app::chat
