#include "checker.h"

#include <variant>

#include "app/chat/view_rows.h"

namespace ringtalk::sim {
namespace {

namespace protocol = app::protocol;

std::string shown_id(const db::EventRow& row) {
  if (!row.client_id) return {};
  const auto shown = app::chat::shown_client_id({*row.client_id});
  return shown ? protocol::to_text(*shown) : std::string();
}

std::string_view word_of(db::EventKind kind) {
  switch (kind) {
    case db::EventKind::kMessage:
      return "message";
    case db::EventKind::kJoined:
      return "joined";
    case db::EventKind::kLeft:
      return "left";
    case db::EventKind::kRenamed:
      return "renamed";
  }
  return "unknown";
}

}  // namespace

void Checker::add(std::string finding) {
  trace_.note("FOUND {}", finding);
  if (findings_.size() < kFindingsKept) findings_.push_back(std::move(finding));
}

const db::EventRow* Checker::row_at(std::int64_t conversation, std::int64_t seq) const {
  const auto* found = tables_.look(conversation);
  if (found == nullptr || seq < 1 || seq > found->last_seq()) return nullptr;
  return &found->log[static_cast<std::size_t>(seq) - 1];
}

// --- whenever somebody is told something ---

void Checker::expect_stored(const SeenMessage& seen) {
  const db::EventRow* row = row_at(seen.conversation, seen.seq);
  if (row == nullptr) return fail("lost", "{} {} is not stored", seen.conversation, seen.seq);
  const bool is_same = row->kind == db::EventKind::kMessage && row->sender_id == seen.sender &&
                       row->body == seen.content && shown_id(*row) == seen.client_id;
  if (!is_same) {
    fail("moved", "{} {} is told as \"{}\" of {}, stored is \"{}\" of {}", seen.conversation,
         seen.seq, seen.content.substr(0, 20), seen.sender, row->body.substr(0, 20),
         row->sender_id);
  }
}

void Checker::expect_kind(std::int64_t conversation, std::int64_t seq, std::string_view kind) {
  const db::EventRow* row = row_at(conversation, seq);
  if (row == nullptr) return fail("lost", "{} {} ({}) is not stored", conversation, seq, kind);
  if (word_of(row->kind) != kind) {
    fail("moved", "{} {} is told as {}, stored is {}", conversation, seq, kind, word_of(row->kind));
  }
}

void Checker::expect_visible(std::int64_t user, std::int64_t conversation, std::int64_t seq) {
  const auto& stays = stays_of(user, conversation);
  if (stays.empty()) {
    return fail("stranger", "{} is told {} of {} and never was a member", user, seq, conversation);
  }
  const std::int64_t left = stays.back().left_seq;
  if (left != 0 && seq >= left) {
    fail("behind left", "{} has left {} at {} and is told {}", user, conversation, left, seq);
  }
}

void Checker::expect_was_member(std::int64_t user, std::int64_t conversation) {
  if (stays_of(user, conversation).empty()) {
    fail("stranger", "{} is told of {} and never was a member", user, conversation);
  }
}

void Checker::expect_has_left(std::int64_t user, std::int64_t conversation) {
  if (!has_left(user, conversation)) {
    fail("removed", "{} is told of his leaving {}, and never left", user, conversation);
  }
}

bool Checker::has_left(std::int64_t user, std::int64_t conversation) {
  const auto& stays = stays_of(user, conversation);
  return !stays.empty() && stays.front().left_seq != 0;
}

void Checker::expect_below_head(std::string_view what, std::int64_t conversation,
                                std::int64_t seq) {
  const auto* found = tables_.look(conversation);
  if (found == nullptr || seq > found->last_seq()) {
    fail("past head", "{} of {} is {}", what, conversation, seq);
  }
}

bool Checker::is_member_since(std::int64_t user, std::int64_t conversation, std::int64_t unix_ms) {
  const auto& stays = stays_of(user, conversation);
  return !stays.empty() && stays.back().left_seq == 0 && stays.back().from_ms < unix_ms;
}

const std::vector<Checker::Stay>& Checker::stays_of(std::int64_t user, std::int64_t conversation) {
  static const std::vector<Stay> kNone;
  const auto* found = tables_.look(conversation);
  if (found == nullptr) return kNone;
  Log& log = logs_[conversation];
  read_on(log, *found);
  const auto stays = log.stays.find(user);
  return stays == log.stays.end() ? kNone : stays->second;
}

void Checker::read_on(Log& log, const test_support::MemoryConversation& conversation) {
  if (!std::exchange(log.has_founders, true)) {
    for (const std::int64_t user : conversation.founders) {
      log.stays[user].push_back({.from_ms = conversation.created_at_ms});
    }
  }
  while (log.read_to < conversation.last_seq()) {
    const db::EventRow& row = conversation.log[static_cast<std::size_t>(log.read_to++)];
    if (row.kind == db::EventKind::kMessage) continue;
    const auto event = app::chat::event_view(row, json_reader_);
    if (!event) {
      fail("damaged", "{} {} cannot be read", row.conversation_id, row.seq);
      continue;
    }
    if (const auto* joined = std::get_if<protocol::Joined>(&event->detail)) {
      for (const protocol::UserId user : joined->user_ids) {
        log.stays[user.value].push_back({.from_ms = row.created_at_ms});
      }
    } else if (const auto* left = std::get_if<protocol::Left>(&event->detail)) {
      log.stays[left->user_id.value].back().left_seq = row.seq;
    }
  }
}

// --- at the end ---

void Checker::expect_dense_logs() {
  for (const auto& [id, conversation] : tables_.conversations()) {
    std::int64_t due = 1;
    for (const db::EventRow& row : conversation.log) {
      if (row.seq != due) fail("hole in log", "{} has {} where {} was due", id, row.seq, due);
      ++due;
    }
  }
}

void Checker::expect_each_content_once() {
  for (const auto& [id, conversation] : tables_.conversations()) {
    std::map<std::string_view, std::int64_t> seqs;
    for (const db::EventRow& row : conversation.log) {
      if (row.kind != db::EventKind::kMessage) continue;
      const auto [first, is_new] = seqs.emplace(row.body, row.seq);
      if (!is_new) fail("doubled", "{} has one message at {} and {}", id, first->second, row.seq);
    }
  }
}

void Checker::expect_unread_counts() {
  for (const auto& [id, conversation] : tables_.conversations()) {
    for (const auto& [user, member] : conversation.members) {
      std::int64_t unread = 0;
      for (const db::EventRow& row : conversation.log) {
        if (row.seq > member.read_seq && row.kind == db::EventKind::kMessage) ++unread;
      }
      const std::int64_t told = conversation.last_number - member.read_number;
      if (told != unread) {
        fail("unread", "{} is told {} unread in {}, there are {}", user, told, id, unread);
      }
      const std::int64_t head = conversation.last_seq();
      if (member.delivered_seq > head || member.read_seq > head) {
        fail("past head", "a mark of {} in {}", user, id);
      }
    }
  }
}

}  // namespace ringtalk::sim
