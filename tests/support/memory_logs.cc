// Logs, marks and departures of MemoryTables, by the rules of message_sql.h, mark_sql.h and
// conversation_sql.h.
#include <algorithm>

#include "db/message_status.h"
#include "memory_tables.h"

namespace ringtalk::test_support {

db::CommitResult MemoryTables::store(const db::Draft& draft, std::int64_t now_ms) {
  using enum db::CommitResult::Outcome;
  MemoryConversation* conversation = find_for(draft.conversation_id, draft.sender_id);
  if (conversation == nullptr) return {.outcome = kNotMember};
  if (const auto known = conversation->seq_of_key.find(draft.client_id);
      known != conversation->seq_of_key.end()) {
    const db::EventRow& row = conversation->log[static_cast<std::size_t>(known->second) - 1];
    const bool is_same = row.sender_id == draft.sender_id && row.body == draft.body;
    return {.outcome = is_same ? kDuplicate : kKeyReused,
            .seq = row.seq,
            .created_at_ms = row.created_at_ms};
  }
  ++conversation->last_number;
  const db::ChangeResult stored = append(*conversation,
                                         {.kind = db::EventKind::kMessage,
                                          .sender_id = draft.sender_id,
                                          .client_id = draft.client_id,
                                          .body = draft.body},
                                         now_ms);
  conversation->seq_of_key[draft.client_id] = stored.event->seq;
  return {
      .outcome = kStored, .seq = stored.event->seq, .created_at_ms = stored.event->created_at_ms};
}

std::optional<db::Marks> MemoryTables::raise(const db::MarkRequest& request) {
  MemoryConversation* conversation = find_for(request.conversation_id, request.user_id);
  if (conversation == nullptr) return std::nullopt;
  MemoryMember& member = conversation->members[request.user_id];
  const MemoryMember before = member;
  const std::int64_t head = conversation->last_seq();
  const std::int64_t asked_read = request.read_seq.value_or(0);
  std::int64_t read = asked_read;
  for (const db::OwnRun& run : request.own_runs) read = std::max(read, run.last);
  read = std::min(read, head);
  const std::int64_t asked = std::max(request.delivered_seq.value_or(0), asked_read);
  const std::int64_t base = std::max(member.delivered_seq, std::min(asked, head));
  member.delivered_seq = base;
  for (const db::OwnRun& run : request.own_runs) {
    if (run.first <= base + 1) member.delivered_seq = std::max(member.delivered_seq, run.last);
  }
  member.read_seq = std::max(member.read_seq, read);
  if (read > 0) {
    const std::int64_t number = conversation->log[static_cast<std::size_t>(read) - 1].number;
    member.read_number = std::max(member.read_number, number);
  }
  return db::Marks{.delivered_seq = member.delivered_seq,
                   .read_seq = member.read_seq,
                   .is_changed = before.delivered_seq != member.delivered_seq ||
                                 before.read_seq != member.read_seq};
}

db::EventPage MemoryTables::events(const db::EventsRequest& request) const {
  const MemoryConversation* conversation = look(request.conversation_id);
  if (conversation == nullptr) return {};
  db::EventPage page{.last_seq = conversation->last_seq()};
  const std::int64_t end = std::min(page.last_seq, request.after_seq + request.limit);
  for (std::int64_t seq = request.after_seq + 1; seq <= end; ++seq) {
    page.events.push_back(conversation->log[static_cast<std::size_t>(seq) - 1]);
  }
  db::set_statuses(page.events, members(request.conversation_id));
  return page;
}

db::LogHead MemoryTables::head(std::int64_t conversation_id) const {
  const MemoryConversation* conversation = look(conversation_id);
  if (conversation == nullptr) return {};
  return {.exists = true,
          .last_seq = conversation->last_seq(),
          .last_number = conversation->last_number,
          .members = members(conversation_id)};
}

// Nothing is pruned: histories are short.
db::DeparturePage MemoryTables::recent_departures(const db::DeparturesRequest& request,
                                                  std::int64_t now_ms) const {
  db::DeparturePage page{.now_ms = now_ms};
  for (const auto& [pair, left_at_ms] : left_at_ms_) {
    const db::DepartureRow row{
        .left_at_ms = left_at_ms, .conversation_id = pair.first, .user_id = pair.second};
    if (row > request.after) page.departures.push_back(row);
  }
  std::ranges::sort(page.departures);
  page.has_more = std::ssize(page.departures) > request.limit;
  if (page.has_more) page.departures.resize(static_cast<std::size_t>(request.limit));
  return page;
}

}  // namespace ringtalk::test_support
