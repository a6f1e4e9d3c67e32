#include "app/chat/departures_watch.h"

#include <memory>
#include <optional>
#include <utility>

#include "app/chat/session.h"
#include "app/chat/session_table.h"
#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using reactor::Task;

constexpr std::int64_t kOverlap_ms = std::chrono::milliseconds(limits::kDeparturesOverlap).count();

}  // namespace

DeparturesWatch::DeparturesWatch(const Environment& environment)
    : environment_(environment), pause_(environment.reactor) {}

// Nobody is connected yet. Should our clock be another one than the database's, the first answer
// sets it right.
void DeparturesWatch::open() {
  since_ms_ = environment_.reactor.unix_milliseconds() - kOverlap_ms;
  scope_.spawn(run());
}

Task<void> DeparturesWatch::close() {
  is_closing_ = true;
  pause_.end();
  co_await scope_.join();
}

Task<void> DeparturesWatch::run() {
  while (!is_closing_) {
    co_await ask_once();
    if (!is_closing_) co_await pause_.lasting(limits::kDeparturesPause);
  }
}

// Page after page. Where the database does not answer, the next time begins at the same place, and
// nothing is missed.
Task<void> DeparturesWatch::ask_once() {
  db::DepartureRow after{.left_at_ms = since_ms_};
  std::optional<std::int64_t> asked_at_ms;
  for (bool has_more = true; has_more;) {
    auto page = co_await environment_.conversations.recent_departures({.after = after});
    if (!page || is_closing_) co_return;
    if (!asked_at_ms) asked_at_ms = page->now_ms;
    has_more = page->has_more;
    if (!page->departures.empty()) after = page->departures.back();
    co_await tell(std::move(page->departures));
  }
  since_ms_ = *asked_at_ms - kOverlap_ms;
  told_.erase(told_.begin(), told_.lower_bound({.left_at_ms = since_ms_}));
}

Task<void> DeparturesWatch::tell(std::vector<db::DepartureRow> departures) {
  std::erase_if(departures, [&](const db::DepartureRow& row) { return told_.contains(row); });
  if (departures.empty()) co_return;
  const auto news = std::make_shared<const std::vector<db::DepartureRow>>(std::move(departures));
  const auto look_closer = [news](ShardPort& port) {
    for (const db::DepartureRow& row : *news) {
      port.sessions->each_of_user(
          {row.user_id}, [&](Session& session) { session.may_have_left({row.conversation_id}); });
    }
    return news->size();
  };
  for (std::size_t shard = 0; shard < environment_.directory.size(); ++shard) {
    (void)co_await environment_.directory.ask(environment_.reactor, shard, look_closer);
  }
  told_.insert(news->begin(), news->end());
}

}  // namespace ringtalk::app::chat
