// MessageStore: the logs themselves: the group commit, and pages of messages and events. What chat
// needs of them; PgMessageStore keeps them in PostgreSQL, tests and simulations in memory. Owned by
// a shard, used on its thread. Nothing here asks who may read: the caller does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/answer.h"
#include "db/rows.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

inline constexpr std::size_t kCommitBatchMax = 256;  // past it only latency grows

struct Draft {
  std::int64_t conversation_id = 0;
  std::int64_t sender_id = 0;
  Uuid client_id{};  // the client's, or one that the server made so that a resend is recognised
  std::string body;  // 1..4096 code points
};

struct CommitResult {
  enum class Outcome : std::uint8_t {
    kStored,
    kDuplicate,  // the same draft was stored before, at `seq`
    kKeyReused,  // its client id stands for another message of this conversation, at `seq`
    kNotMember,  // or there is no such conversation
  };
  Outcome outcome = Outcome::kNotMember;
  std::int64_t seq = 0;            // but with kNotMember
  std::int64_t created_at_ms = 0;  // but with kNotMember
};

/// Which way a commit goes to the database.
enum class CommitLane : std::uint8_t {
  kMain,  // waits for a row lock only shortly, for everyone waits behind it
  kHot,   // has its connection for itself, and waits as long as any other query
};

/// At most one of the two bounds; without any: the newest.
struct HistoryRequest {
  std::int64_t conversation_id = 0;
  std::int64_t limit = 20;
  std::optional<std::int64_t> before_seq;
  std::optional<std::int64_t> after_seq;
};

struct MessagePage {
  std::vector<MessageRow> messages;  // newest first; with `after_seq` oldest first
  bool has_more = false;             // there are more beyond the last one
};

struct EventsRequest {
  std::int64_t conversation_id = 0;
  std::int64_t after_seq = 0;
  std::int64_t limit = 100;
  /// How far the log reaches as far as the asker knows, or 0: tells a cache whether it may help.
  std::int64_t known_head = 0;
};

/// How far a log reaches, and what the statuses of its messages depend on.
struct LogHead {
  bool exists = false;
  std::int64_t last_seq = 0;
  std::int64_t last_number = 0;  // of the last message
  std::vector<MemberRow> members;
};

struct EventPage {
  std::vector<EventRow> events;  // oldest first, without a hole, from after_seq + 1
  std::int64_t last_seq = 0;     // the head of the log at the same moment
};

class MessageStore : reactor::Pinned {
 public:
  virtual ~MessageStore() = default;

  /// False while the database is away: whatever is asked then fails at once.
  [[nodiscard]] virtual bool is_available() const = 0;

  /// Stores a batch in one transaction and answers only after its commit, one result a draft, in
  /// their order. Takes 1..kCommitBatchMax drafts; drafts of one conversation get their seqs in
  /// the given order. The senders' marks are not its business: the caller tells them to a MarkStore
  /// afterwards, as runs of own messages.
  ///
  /// The caller sees to it that no two drafts of a batch share (conversation, client_id): that
  /// aborts the batch (23505). Errors by `code`: 40P01, 40001, 57014: send the batch again; 55P03:
  /// see locked_of(); kUnavailable, kTimedOut: fate unknown, resend before anything new.
  virtual Answer<std::vector<CommitResult>> commit(std::vector<Draft> drafts,
                                                   CommitLane lane = CommitLane::kMain) = 0;

  /// Which of these conversations somebody else keeps locked at this moment, ascending: after a
  /// 55P03, which names none. It waits for nobody.
  virtual Answer<std::vector<std::int64_t>> locked_of(
      std::vector<std::int64_t> conversation_ids) = 0;

  virtual Answer<std::optional<MessageRow>> find_message(std::int64_t conversation_id,
                                                         std::int64_t seq) = 0;
  virtual Answer<MessagePage> history(HistoryRequest request) = 0;
  virtual Answer<EventPage> events(EventsRequest request) = 0;
  virtual Answer<LogHead> head(std::int64_t conversation_id) = 0;

  /// The first seq whose time is at or after `time_ms`, or last_seq + 1: give it to history() as
  /// `before_seq` for what is strictly earlier. A binary search: time rises with seq.
  virtual Answer<std::int64_t> first_seq_since(std::int64_t conversation_id,
                                               std::int64_t time_ms) = 0;
};

}  // namespace ringtalk::db
