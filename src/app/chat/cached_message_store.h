// CachedMessageStore: the logs as chat and REST read them: the newest pages from the cached tails
// of the owner shards where those are whole, everything else from the store behind it, equal
// questions together. One per shard, its thread.
//
// Whether a tail is whole the database's head of the log decides, and the statuses come from its
// marks: a small question in place of the pages themselves.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "app/chat/tails.h"
#include "app/shard_directory.h"
#include "db/message_store.h"
#include "reactor/reactor.h"

namespace ringtalk::app::chat {

class CachedMessageStore final : public db::MessageStore {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    db::MessageStore& store;
    bool has_tails = false;  // the directory's shards have them
  };
  explicit CachedMessageStore(const Environment& environment) : environment_(environment) {}

  [[nodiscard]] bool is_available() const override { return environment_.store.is_available(); }
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::CommitResult>> commit(
      std::vector<db::Draft> drafts, db::CommitLane lane) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<std::int64_t>> locked_of(
      std::vector<std::int64_t> conversation_ids) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::optional<db::MessageRow>> find_message(
      std::int64_t conversation_id, std::int64_t seq) override;
  db::Answer<db::MessagePage> history(db::HistoryRequest request) override;
  db::Answer<db::EventPage> events(db::EventsRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::LogHead> head(std::int64_t conversation_id) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::int64_t> first_seq_since(
      std::int64_t conversation_id, std::int64_t time_ms) override;

  /// Questions that were answered together with an equal one.
  [[nodiscard]] std::uint64_t joined() const { return joined_; }

 private:
  struct EventsKey {
    std::int64_t conversation_id = 0;
    std::int64_t after_seq = 0;
    std::int64_t limit = 0;
    friend bool operator==(const EventsKey&, const EventsKey&) = default;
  };
  struct HashEventsKey {
    std::size_t operator()(const EventsKey& key) const noexcept;
  };
  /// A question under way, and who else waits for its answer.
  struct Flight {
    std::vector<std::coroutine_handle<>> waiters;
    std::optional<reactor::Result<db::EventPage>> page;
  };

  [[nodiscard]] db::Answer<db::EventPage> read_events(db::EventsRequest request);
  [[nodiscard]] reactor::Task<std::optional<db::EventPage>> events_from_tail(
      db::EventsRequest request);
  [[nodiscard]] reactor::Task<std::optional<db::MessagePage>> history_from_tail(
      db::HistoryRequest request);

  const Environment environment_;
  tsl::robin_map<EventsKey, std::shared_ptr<Flight>, HashEventsKey> flights_;
  std::uint64_t joined_ = 0;
};

}  // namespace ringtalk::app::chat
