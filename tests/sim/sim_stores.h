// The four stores of a simulated shard, behind the interfaces of the real ones, over its
// DatabaseLink. Owned by the shard; one thread. What no session asks is not there (kProtocol).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database_link.h"
#include "db/conversation_store.h"
#include "db/mark_store.h"
#include "db/message_store.h"
#include "db/user_store.h"

namespace ringtalk::sim {

class SimMessageStore final : public db::MessageStore {
 public:
  explicit SimMessageStore(DatabaseLink& link) : link_(link) {}

  [[nodiscard]] bool is_available() const override { return link_.is_available(); }
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<db::CommitResult>> commit(
      std::vector<db::Draft> drafts, db::CommitLane lane) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<std::int64_t>> locked_of(
      std::vector<std::int64_t> conversation_ids) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::EventPage> events(db::EventsRequest request) override;
  RINGTALK_COROUTINE_WRAPPER db::Answer<db::LogHead> head(std::int64_t conversation_id) override;
  db::Answer<std::optional<db::MessageRow>> find_message(std::int64_t, std::int64_t) override;
  db::Answer<db::MessagePage> history(db::HistoryRequest) override;
  db::Answer<std::int64_t> first_seq_since(std::int64_t, std::int64_t) override;

 private:
  DatabaseLink& link_;
};

class SimMarkStore final : public db::MarkStore {
 public:
  explicit SimMarkStore(DatabaseLink& link) : link_(link) {}

  [[nodiscard]] bool is_available() const override { return link_.is_available(); }
  RINGTALK_COROUTINE_WRAPPER db::Answer<std::vector<std::optional<db::Marks>>> raise_many_marks(
      std::vector<db::MarkRequest> requests) override;

 private:
  DatabaseLink& link_;
};

class SimUserStore final : public db::UserStore {
 public:
  explicit SimUserStore(DatabaseLink& link) : link_(link) {}

  RINGTALK_COROUTINE_WRAPPER db::Answer<std::optional<db::UserRow>> find(std::int64_t id) override;
  db::Answer<db::CreateUserOutcome> create(db::NewUser user) override;
  db::Answer<std::vector<db::UserRow>> find_many(std::vector<std::int64_t> ids) override;
  db::Answer<std::optional<db::UserRow>> find_by_email(std::string email_folded) override;
  db::Answer<std::optional<db::Credentials>> find_credentials(std::string email_folded) override;
  db::Answer<std::vector<db::UserRow>> search_by_name(std::string prefix,
                                                      std::int64_t limit) override;
  db::Answer<std::optional<db::UserRow>> rename(std::int64_t id, std::string name) override;
  db::Answer<bool> set_password_hash(std::int64_t id, std::string password_hash) override;

 private:
  DatabaseLink& link_;
};

}  // namespace ringtalk::sim
