// DatabaseLink: a shard's connections to the simulated database: one reads, one writes, one waits
// for locks. Each carries its questions in their order; what happens at the database happens at one
// moment within the time that the question takes. Owned by a shard, its seat's reactor; one thread.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "db/answer.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "sim_database.h"

namespace ringtalk::sim {

enum class Line : std::uint8_t { kReader, kWriter, kHot };

class DatabaseLink : reactor::Pinned {
 public:
  DatabaseLink(Seat& seat, SimDatabase& database) : seat_(seat), database_(database) {}

  /// The instance is dead: what is on its way has a fate of its own, nothing is answered.
  void cut() { is_cut_ = true; }
  [[nodiscard]] bool is_available() const { return !is_cut_ && !database_.is_away(); }

  template <class Value>
  using Transaction = std::function<Value(test_support::MemoryTables&, std::int64_t now_ms)>;

  template <class Value>
  [[nodiscard]] RINGTALK_COROUTINE_WRAPPER db::Answer<Value> read(Transaction<Value> transaction) {
    return ask<Value>({.line = Line::kReader}, std::move(transaction));
  }
  /// `locks`: the conversations whose rows it takes.
  template <class Value>
  [[nodiscard]] RINGTALK_COROUTINE_WRAPPER db::Answer<Value> write(Line line,
                                                                   std::vector<std::int64_t> locks,
                                                                   Transaction<Value> transaction) {
    return ask<Value>({.line = line, .is_write = true, .locks = std::move(locks)},
                      std::move(transaction));
  }
  /// Which of them are locked at this moment.
  [[nodiscard]] RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<std::int64_t>> locked_of(
      std::vector<std::int64_t> ids);

 private:
  struct Question {
    Line line = Line::kReader;
    bool is_write = false;
    std::vector<std::int64_t> locks{};
  };
  struct Queue {
    bool is_busy = false;
    std::deque<std::coroutine_handle<>> waiting;
    reactor::TimePoint answered_at{};
  };

  template <class Value>
  [[nodiscard]] db::Answer<Value> ask(Question question, Transaction<Value> transaction);
  /// Until it is this question's turn on its line; then until the database has it and its locks.
  [[nodiscard]] reactor::Task<reactor::Result<void>> arrive(const Question& question,
                                                            std::uint64_t outages);
  [[nodiscard]] bool is_any_locked(const std::vector<std::int64_t>& ids) const;
  void go_on(Queue& queue);
  [[nodiscard]] bool is_broken(std::uint64_t outages) const {
    return is_cut_ || database_.outages() != outages;
  }
  [[nodiscard]] reactor::Task<void> travel_back(Line line, std::uint64_t outages);
  template <class Value>
  void leave_to_fate(Transaction<Value> transaction);
  [[nodiscard]] std::int64_t now_ms() { return seat_.reactor().unix_milliseconds(); }
  [[nodiscard]] Queue& queue_of(Line line) { return queues_[static_cast<std::size_t>(line)]; }
  [[nodiscard]] static std::unexpected<reactor::Error> away() {
    return reactor::fail(reactor::ErrorKind::kUnavailable, "the database is away");
  }

  Seat& seat_;
  SimDatabase& database_;
  bool is_cut_ = false;
  std::array<Queue, 3> queues_;
};

template <class Value>
void DatabaseLink::leave_to_fate(Transaction<Value> transaction) {
  // Nothing of this shard: it may be gone when this happens.
  database_.leave_to_fate([&database = database_, transaction = std::move(transaction)] {
    static_cast<void>(transaction(database.tables, database.now_ms()));
  });
}

template <class Value>
db::Answer<Value> DatabaseLink::ask(Question question, Transaction<Value> transaction) {
  if (!is_available()) co_return away();
  const std::uint64_t outages = database_.outages();
  const auto arrived = co_await arrive(question, outages);
  if (is_broken(outages)) {
    go_on(queue_of(question.line));
    if (question.is_write) leave_to_fate(std::move(transaction));
    co_return away();
  }
  if (!arrived) {
    go_on(queue_of(question.line));
    co_return std::unexpected(arrived.error());
  }
  const SimDatabase::Fault fault = database_.draw_fault(question.is_write);
  if (fault == SimDatabase::Fault::kUnknownFate) {
    leave_to_fate(std::move(transaction));
    go_on(queue_of(question.line));
    co_await travel_back(question.line, outages);
    if (database_.draw().chance(0.5)) co_return away();
    co_return reactor::fail(reactor::ErrorKind::kTimedOut, "no answer came in time");
  }
  if (fault != SimDatabase::Fault::kNone) {
    go_on(queue_of(question.line));
    co_await travel_back(question.line, outages);
    if (fault == SimDatabase::Fault::kFailed) co_return away();
    co_return std::unexpected(reactor::Error{
        .kind = reactor::ErrorKind::kOverloaded, .detail = "deadlock", .code = "40P01"});
  }
  Value value = transaction(database_.tables, now_ms());
  go_on(queue_of(question.line));
  co_await travel_back(question.line, outages);
  if (is_broken(outages)) co_return away();
  co_return value;
}

}  // namespace ringtalk::sim
