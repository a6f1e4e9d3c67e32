// MemoryTables: what the database holds, in memory and with the rules of its SQL: logs with seq and
// number, members with marks, one message a client id. Every function is one transaction: it
// happens at once. Under the memory stores of unit tests and the database of simulations, which
// bring latencies and failures. Test code; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/conversation_store.h"
#include "db/mark_store.h"
#include "db/message_store.h"
#include "db/rows.h"
#include "reactor/pinned.h"

namespace ringtalk::test_support {

struct MemoryMember {
  std::int64_t joined_seq = 0;
  std::int64_t delivered_seq = 0;
  std::int64_t read_seq = 0;
  std::int64_t read_number = 0;
};

struct MemoryConversation {
  std::int64_t id = 0;
  bool is_group = true;
  std::optional<std::string> name;
  std::int64_t creator_id = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t last_at_ms = 0;
  std::int64_t last_number = 0;
  std::vector<std::int64_t> founders;  // members from the creation on
  std::vector<db::EventRow> log;       // seq 1 first
  std::map<db::Uuid, std::int64_t> seq_of_key;
  std::map<std::int64_t, MemoryMember> members;  // by user

  [[nodiscard]] std::int64_t last_seq() const { return static_cast<std::int64_t>(log.size()); }
  [[nodiscard]] std::int64_t activity_ms() const {
    return last_at_ms > created_at_ms ? last_at_ms : created_at_ms;
  }
};

class MemoryTables : reactor::Pinned {
 public:
  // Users.
  void add_user(db::UserRow user) { users_[user.id] = std::move(user); }
  [[nodiscard]] std::optional<db::UserRow> find_user(std::int64_t id) const;

  // Conversations. `now_ms`: when the transaction commits.
  [[nodiscard]] db::CreateResult create_group(const db::NewGroup& group);
  [[nodiscard]] db::CreateResult create_direct(const db::NewDirect& direct);
  /// For tests that need no creation: the conversation begins with its first member.
  void add_member(std::int64_t conversation_id, std::int64_t user_id);
  [[nodiscard]] db::ChangeResult rename(const db::RenameRequest& request, std::int64_t now_ms);
  [[nodiscard]] db::ChangeResult add_members(db::AddRequest request, std::int64_t now_ms);
  [[nodiscard]] db::ChangeResult remove_member(const db::RemoveRequest& request,
                                               std::int64_t now_ms);

  [[nodiscard]] bool is_member(std::int64_t conversation_id, std::int64_t user_id) const;
  [[nodiscard]] std::vector<db::MemberRow> members(std::int64_t conversation_id) const;
  [[nodiscard]] std::optional<db::ConversationRow> find(std::int64_t conversation_id,
                                                        std::int64_t user_id) const;
  [[nodiscard]] db::HeadPage heads(std::int64_t user_id, std::int64_t limit) const;
  [[nodiscard]] std::vector<db::HeadRow> heads_of(std::vector<std::int64_t> conversation_ids,
                                                  std::int64_t user_id) const;
  [[nodiscard]] std::vector<db::HeadRow> last_seqs(
      std::vector<std::int64_t> conversation_ids) const;
  [[nodiscard]] std::vector<db::MembershipSum> membership_sums(
      const std::vector<std::int64_t>& user_ids) const;
  [[nodiscard]] db::DeparturePage recent_departures(const db::DeparturesRequest& request,
                                                    std::int64_t now_ms) const;

  // Logs and marks.
  db::CommitResult store(const db::Draft& draft, std::int64_t now_ms);
  [[nodiscard]] std::optional<db::Marks> raise(const db::MarkRequest& request);
  [[nodiscard]] db::EventPage events(const db::EventsRequest& request) const;
  [[nodiscard]] db::LogHead head(std::int64_t conversation_id) const;

  /// As they are; null when there is none.
  [[nodiscard]] const MemoryConversation* look(std::int64_t conversation_id) const;
  [[nodiscard]] const std::map<std::int64_t, MemoryConversation>& conversations() const {
    return conversations_;
  }

 private:
  [[nodiscard]] MemoryConversation* find_for(std::int64_t conversation_id, std::int64_t user_id);
  [[nodiscard]] std::vector<std::int64_t> unknown_of(const std::vector<std::int64_t>& ids) const;
  void make(const MemoryConversation& conversation, const std::vector<std::int64_t>& members);
  [[nodiscard]] db::ChangeResult append(MemoryConversation& conversation, db::EventRow event,
                                        std::int64_t now_ms);

  std::map<std::int64_t, db::UserRow> users_;
  std::map<std::int64_t, MemoryConversation> conversations_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> direct_;      // of a pair, in order
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> left_at_ms_;  // conversation, user
};

}  // namespace ringtalk::test_support
