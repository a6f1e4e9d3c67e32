#include "sim_stores.h"

#include <utility>

namespace ringtalk::sim {
namespace {

using db::Answer;
using test_support::MemoryTables;

std::unexpected<reactor::Error> not_there() {
  return reactor::fail(reactor::ErrorKind::kProtocol, "not in the simulation");
}

}  // namespace

// --- messages ---

Answer<std::vector<db::CommitResult>> SimMessageStore::commit(std::vector<db::Draft> drafts,
                                                              db::CommitLane lane) {
  std::vector<std::int64_t> locks;
  for (const db::Draft& draft : drafts) locks.push_back(draft.conversation_id);
  const Line line = lane == db::CommitLane::kMain ? Line::kWriter : Line::kHot;
  return link_.write<std::vector<db::CommitResult>>(
      line, std::move(locks),
      [drafts = std::move(drafts)](MemoryTables& tables, std::int64_t now_ms) {
        std::vector<db::CommitResult> results;
        for (const db::Draft& draft : drafts) results.push_back(tables.store(draft, now_ms));
        return results;
      });
}

Answer<std::vector<std::int64_t>> SimMessageStore::locked_of(
    std::vector<std::int64_t> conversation_ids) {
  return link_.locked_of(std::move(conversation_ids));
}

Answer<db::EventPage> SimMessageStore::events(db::EventsRequest request) {
  return link_.read<db::EventPage>(
      [request](MemoryTables& tables, std::int64_t) { return tables.events(request); });
}

Answer<db::LogHead> SimMessageStore::head(std::int64_t conversation_id) {
  return link_.read<db::LogHead>([conversation_id](MemoryTables& tables, std::int64_t) {
    return tables.head(conversation_id);
  });
}

Answer<std::optional<db::MessageRow>> SimMessageStore::find_message(std::int64_t, std::int64_t) {
  co_return not_there();
}
Answer<db::MessagePage> SimMessageStore::history(db::HistoryRequest) {
  co_return not_there();
}
Answer<std::int64_t> SimMessageStore::first_seq_since(std::int64_t, std::int64_t) {
  co_return not_there();
}

// --- marks ---

Answer<std::vector<std::optional<db::Marks>>> SimMarkStore::raise_many_marks(
    std::vector<db::MarkRequest> requests) {
  return link_.write<std::vector<std::optional<db::Marks>>>(
      Line::kWriter, {}, [requests = std::move(requests)](MemoryTables& tables, std::int64_t) {
        std::vector<std::optional<db::Marks>> marks;
        for (const db::MarkRequest& request : requests) marks.push_back(tables.raise(request));
        return marks;
      });
}

// --- users ---

Answer<std::optional<db::UserRow>> SimUserStore::find(std::int64_t id) {
  return link_.read<std::optional<db::UserRow>>(
      [id](MemoryTables& tables, std::int64_t) { return tables.find_user(id); });
}
Answer<db::CreateUserOutcome> SimUserStore::create(db::NewUser) {
  co_return not_there();
}
Answer<std::vector<db::UserRow>> SimUserStore::find_many(std::vector<std::int64_t>) {
  co_return not_there();
}
Answer<std::optional<db::UserRow>> SimUserStore::find_by_email(std::string) {
  co_return not_there();
}
Answer<std::optional<db::Credentials>> SimUserStore::find_credentials(std::string) {
  co_return not_there();
}
Answer<std::vector<db::UserRow>> SimUserStore::search_by_name(std::string, std::int64_t) {
  co_return not_there();
}
Answer<std::optional<db::UserRow>> SimUserStore::rename(std::int64_t, std::string) {
  co_return not_there();
}
Answer<bool> SimUserStore::set_password_hash(std::int64_t, std::string) {
  co_return not_there();
}

}  // namespace ringtalk::sim
