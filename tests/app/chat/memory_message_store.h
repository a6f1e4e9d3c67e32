// MemoryMessageStore: logs in memory behind the interface of the real store, with its rules (those
// of MemoryTables) and with failures on order: a commit whose answer is lost, a batch that is
// refused, a database that is away. Test code; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/message_store.h"
#include "memory_tables.h"
#include "reactor/reactor.h"
#include "reactor/result.h"

namespace ringtalk::app::chat::testing {

class MemoryMessageStore final : public db::MessageStore {
 public:
  explicit MemoryMessageStore(reactor::Reactor& reactor) : reactor_(reactor) {}

  void add_member(std::int64_t conversation, std::int64_t user) {
    tables.add_member(conversation, user);
  }
  /// What another instance does: the message is in the log, and nobody here is told.
  std::int64_t store_silently(const db::Draft& draft) { return store(draft).seq; }
  [[nodiscard]] std::vector<db::EventRow> log_of(std::int64_t conversation) const {
    const auto* found = tables.look(conversation);
    return found == nullptr ? std::vector<db::EventRow>() : found->log;
  }

  /// One entry for each commit to come, in their order; without entries they succeed.
  struct Failure {
    reactor::Error error;
    bool is_committed = false;  // all the same: its answer is lost
  };
  std::deque<Failure> failures;
  std::optional<std::string> refused_body;  // a batch with it is kInvalid, and stores nothing
  std::set<std::int64_t> locked;            // conversations: 55P03, after lock_patience
  bool is_away = false;
  reactor::Duration latency = std::chrono::milliseconds(1);

  reactor::Duration lock_patience = std::chrono::milliseconds(500);

  std::vector<std::size_t> batch_sizes;  // of all commits that were tried
  std::size_t pages_read = 0;
  std::size_t heads_read = 0;

  test_support::MemoryTables tables;

  [[nodiscard]] bool is_available() const override { return !is_away; }
  db::Answer<std::vector<db::CommitResult>> commit(std::vector<db::Draft> drafts,
                                                   db::CommitLane lane) override;
  db::Answer<std::vector<std::int64_t>> locked_of(
      std::vector<std::int64_t> conversation_ids) override;
  db::Answer<db::EventPage> events(db::EventsRequest request) override;
  db::Answer<db::LogHead> head(std::int64_t conversation_id) override;
  db::Answer<std::optional<db::MessageRow>> find_message(std::int64_t, std::int64_t) override;
  db::Answer<db::MessagePage> history(db::HistoryRequest) override;
  db::Answer<std::int64_t> first_seq_since(std::int64_t, std::int64_t) override;

 private:
  [[nodiscard]] bool is_any_locked(const std::vector<db::Draft>& drafts) const;
  db::CommitResult store(const db::Draft& draft);

  reactor::Reactor& reactor_;
};

}  // namespace ringtalk::app::chat::testing
