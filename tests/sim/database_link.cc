#include "database_link.h"

#include <algorithm>
#include <chrono>

namespace ringtalk::sim {
namespace {

// As the real connections are set: what a writer waits for a lock, and everybody else.
constexpr std::chrono::milliseconds kWriterPatience{500};
constexpr std::chrono::milliseconds kPatience{2'000};
constexpr std::chrono::milliseconds kLookAtLock{5};

}  // namespace

bool DatabaseLink::is_any_locked(const std::vector<std::int64_t>& ids) const {
  return std::ranges::any_of(ids, [&](std::int64_t id) { return database_.is_locked(id); });
}

reactor::Task<reactor::Result<void>> DatabaseLink::arrive(const Question& question,
                                                          std::uint64_t outages) {
  struct Suspension {
    Queue& queue;
    [[nodiscard]] bool await_ready() const noexcept { return !queue.is_busy; }
    void await_suspend(std::coroutine_handle<> self) const { queue.waiting.push_back(self); }
    void await_resume() const noexcept {}
  };
  reactor::Reactor& reactor = seat_.reactor();
  Queue& queue = queue_of(question.line);
  // Whoever is resumed finds it busy already, in his name.
  co_await Suspension{queue};
  queue.is_busy = true;
  co_await reactor.sleep_for(database_.draw_way());
  const reactor::Deadline patience =
      reactor.after(question.line == Line::kWriter ? kWriterPatience : kPatience);
  while (is_any_locked(question.locks) && !is_broken(outages)) {
    if (reactor.now() >= patience) {
      co_return std::unexpected(reactor::Error{
          .kind = reactor::ErrorKind::kOverloaded, .detail = "locked", .code = "55P03"});
    }
    co_await reactor.sleep_for(kLookAtLock);
  }
  co_return reactor::Result<void>();
}

void DatabaseLink::go_on(Queue& queue) {
  queue.is_busy = !queue.waiting.empty();
  if (!queue.is_busy) return;
  seat_.reactor().make_ready(queue.waiting.front());
  queue.waiting.pop_front();
}

// Answers of one line keep their order.
reactor::Task<void> DatabaseLink::travel_back(Line line, std::uint64_t outages) {
  Queue& queue = queue_of(line);
  const reactor::TimePoint at =
      std::max(queue.answered_at, seat_.reactor().after(database_.draw_answer()));
  queue.answered_at = at;
  while (seat_.reactor().now() < at && !is_broken(outages)) {
    co_await seat_.reactor().sleep_until(at);
  }
}

db::Answer<std::vector<std::int64_t>> DatabaseLink::locked_of(std::vector<std::int64_t> ids) {
  return write<std::vector<std::int64_t>>(
      Line::kWriter, {}, [&database = database_, ids = std::move(ids)](auto&, std::int64_t) {
        std::vector<std::int64_t> locked = ids;
        std::erase_if(locked, [&](std::int64_t id) { return !database.is_locked(id); });
        std::ranges::sort(locked);
        return locked;
      });
}

}  // namespace ringtalk::sim
