// ConversationStore: conversations and their members; the members' marks are raised by a MarkStore.
// Owned by a shard, used on its thread; the pool outlives it. "Not found" means: does not exist, or
// the asking user is not a member; nobody can tell the two apart.
//
// Whatever changes a log or its members is one transaction that first takes the row lock of the
// conversation, in a statement of its own: the statement after it sees all that came before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/answer.h"
#include "db/rows.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

inline constexpr std::int64_t kMembersMax = 1'000;
// In one page: some 30 KiB.
inline constexpr std::int64_t kDeparturesMax = 500;

struct NewGroup {
  std::int64_t id = 0;
  std::string name;  // 1..128 code points
  std::int64_t creator_id = 0;
  std::vector<std::int64_t> member_ids;  // in any order, twice does not matter; creator comes along
  std::int64_t created_at_ms = 0;
};

struct NewDirect {
  std::int64_t id = 0;
  std::int64_t creator_id = 0;
  std::int64_t other_id = 0;  // not the creator
  std::int64_t created_at_ms = 0;
};

struct CreateResult {
  enum class Outcome : std::uint8_t {
    kCreated,
    kExisted,         // direct ones only: the pair's conversation
    kIdTaken,         // try again with another id
    kUnknownMembers,  // nothing was made
    kTooManyMembers,  // more than kMembersMax; nothing was made
  };
  Outcome outcome = Outcome::kIdTaken;
  std::optional<ConversationRow> conversation;  // kCreated, kExisted: as the creator sees it
  std::vector<std::int64_t> unknown_ids;        // kUnknownMembers
};

struct RenameRequest {
  std::int64_t conversation_id = 0;
  std::int64_t by_user_id = 0;
  std::string name;  // 1..128 code points
};

struct AddRequest {
  std::int64_t conversation_id = 0;
  std::int64_t by_user_id = 0;
  std::vector<std::int64_t> user_ids;
};

struct RemoveRequest {
  std::int64_t conversation_id = 0;
  std::int64_t by_user_id = 0;
  std::int64_t user_id = 0;
};

/// What became of a rename, of adding or of removing members.
struct ChangeResult {
  enum class Outcome : std::uint8_t {
    kDone,
    kNothingToDo,     // all are members already; the name is the same
    kNotFound,        // also: who is to be removed is no member
    kIsDirect,        // only groups change
    kForbidden,       // only the creator removes others
    kUnknownMembers,  // nothing was changed
    kTooManyMembers,  // past kMembersMax; nothing was changed
  };
  Outcome outcome = Outcome::kNotFound;
  std::optional<EventRow> event;          // kDone: what was appended to the log
  std::vector<std::int64_t> user_ids;     // kDone: who joined or left, ascending
  std::vector<std::int64_t> unknown_ids;  // kUnknownMembers, ascending
};

struct ListRequest {
  struct Cursor {
    std::int64_t activity_ms = 0;
    std::int64_t id = 0;
  };
  std::int64_t user_id = 0;
  std::int64_t limit = 50;
  std::optional<Cursor> after;  // of the last row of the page before
};

struct ConversationPage {
  std::vector<ConversationRow> conversations;  // latest activity first, then larger id
  bool has_more = false;
};

struct HeadPage {
  std::vector<HeadRow> heads;  // latest activity first
  bool has_more = false;
};

/// A set of conversations, summed up: two that differ have the same sum by a chance of 2^-63.
struct MembershipSum {
  std::int64_t user_id = 0;
  std::int64_t count = 0;
  std::int64_t ids_xor = 0;
};

struct DeparturesRequest {
  DepartureRow after;  // strictly behind it; {.left_at_ms = t}: from that time on
  std::int64_t limit = kDeparturesMax;
};

struct DeparturePage {
  std::vector<DepartureRow> departures;  // ascending
  bool has_more = false;
  std::int64_t now_ms = 0;  // the database's clock, when it was asked
};

class ConversationStore : reactor::Pinned {
 public:
  virtual ~ConversationStore() = default;

  virtual Answer<CreateResult> create_group(NewGroup group) = 0;
  /// One conversation a pair, however many ask at once. The log of a new conversation is empty.
  virtual Answer<CreateResult> create_direct(NewDirect direct) = 0;

  virtual Answer<std::optional<ConversationRow>> find(std::int64_t conversation_id,
                                                      std::int64_t user_id) = 0;
  virtual Answer<ConversationPage> list(ListRequest request) = 0;

  /// Each appends one event to the log when it is kDone.
  virtual Answer<ChangeResult> rename(RenameRequest request) = 0;
  virtual Answer<ChangeResult> add_members(AddRequest request) = 0;
  virtual Answer<ChangeResult> remove_member(RemoveRequest request) = 0;

  virtual Answer<bool> is_member(std::int64_t conversation_id, std::int64_t user_id) = 0;
  /// Ascending; empty when the conversation does not exist.
  virtual Answer<std::vector<std::int64_t>> member_ids(std::int64_t conversation_id) = 0;
  /// Ascending by user; empty when the conversation does not exist.
  virtual Answer<std::vector<MemberRow>> members(std::int64_t conversation_id) = 0;

  virtual Answer<HeadPage> heads(std::int64_t user_id, std::int64_t limit) = 0;
  /// Ascending by id; without those of which the user is no member.
  virtual Answer<std::vector<HeadRow>> heads_of(std::vector<std::int64_t> conversation_ids,
                                                std::int64_t user_id) = 0;
  /// The heads of logs, for whoever compares them: ids and `last_seq` alone, ascending by id.
  virtual Answer<std::vector<HeadRow>> last_seqs(std::vector<std::int64_t> conversation_ids) = 0;

  /// What all conversations of each user come to: to find out cheaply whether a known set is the
  /// true one. Without users who have none; in no order.
  virtual Answer<std::vector<MembershipSum>> membership_sums(
      std::vector<std::int64_t> user_ids) = 0;

  /// Departures of the last hour. Who polls lets his spans overlap by a few seconds: a departure is
  /// seen only after its commit. The user may be a member again.
  virtual Answer<DeparturePage> recent_departures(DeparturesRequest request) = 0;
};

}  // namespace ringtalk::db
