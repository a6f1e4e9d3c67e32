// Users, conversations and what changes them; memory_logs.cc has the rest.
#include "memory_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "db/message_status.h"

namespace ringtalk::test_support {
namespace {

void sort_unique(std::vector<std::int64_t>& ids) {
  std::ranges::sort(ids);
  const auto rest = std::ranges::unique(ids);
  ids.erase(rest.begin(), rest.end());
}

std::string joined_body(const std::vector<std::int64_t>& users, std::int64_t by) {
  return fmt::format(R"({{"userIds":["{}"],"byUserId":"{}"}})", fmt::join(users, "\",\""), by);
}

std::string left_body(std::int64_t user, std::int64_t by) {
  return fmt::format(R"({{"userId":"{}","byUserId":"{}"}})", user, by);
}

// Names of tests need no escapes.
std::string renamed_body(const std::string& name, std::int64_t by) {
  return fmt::format(R"({{"name":"{}","byUserId":"{}"}})", name, by);
}

db::HeadRow head_row(const MemoryConversation& conversation, const MemoryMember& member) {
  return {.conversation_id = conversation.id,
          .last_seq = conversation.last_seq(),
          .delivered_seq = member.delivered_seq,
          .read_seq = member.read_seq};
}

}  // namespace

std::optional<db::UserRow> MemoryTables::find_user(std::int64_t id) const {
  const auto found = users_.find(id);
  if (found == users_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::int64_t> MemoryTables::unknown_of(const std::vector<std::int64_t>& ids) const {
  std::vector<std::int64_t> unknown = ids;
  std::erase_if(unknown, [&](std::int64_t id) { return users_.contains(id); });
  return unknown;
}

// --- creation ---

db::CreateResult MemoryTables::create_group(const db::NewGroup& group) {
  using enum db::CreateResult::Outcome;
  std::vector<std::int64_t> members = group.member_ids;
  members.push_back(group.creator_id);
  sort_unique(members);
  if (std::ssize(members) > db::kMembersMax) return {.outcome = kTooManyMembers};
  auto unknown = unknown_of(members);
  if (!unknown.empty()) return {.outcome = kUnknownMembers, .unknown_ids = std::move(unknown)};
  if (conversations_.contains(group.id)) return {.outcome = kIdTaken};
  make({.id = group.id,
        .name = group.name,
        .creator_id = group.creator_id,
        .created_at_ms = group.created_at_ms},
       members);
  return {.outcome = kCreated, .conversation = find(group.id, group.creator_id)};
}

db::CreateResult MemoryTables::create_direct(const db::NewDirect& direct) {
  using enum db::CreateResult::Outcome;
  const std::pair<std::int64_t, std::int64_t> pair =
      std::minmax(direct.creator_id, direct.other_id);
  auto unknown = unknown_of({pair.first, pair.second});
  if (!unknown.empty()) return {.outcome = kUnknownMembers, .unknown_ids = std::move(unknown)};
  if (const auto known = direct_.find(pair); known != direct_.end()) {
    return {.outcome = kExisted, .conversation = find(known->second, direct.creator_id)};
  }
  if (conversations_.contains(direct.id)) return {.outcome = kIdTaken};
  direct_[pair] = direct.id;
  make({.id = direct.id,
        .is_group = false,
        .creator_id = direct.creator_id,
        .created_at_ms = direct.created_at_ms},
       {pair.first, pair.second});
  return {.outcome = kCreated, .conversation = find(direct.id, direct.creator_id)};
}

void MemoryTables::make(const MemoryConversation& conversation,
                        const std::vector<std::int64_t>& members) {
  MemoryConversation& made = conversations_[conversation.id] = conversation;
  made.founders = members;
  for (const std::int64_t user : members) made.members[user] = {};
}

void MemoryTables::add_member(std::int64_t conversation_id, std::int64_t user_id) {
  MemoryConversation& conversation = conversations_[conversation_id];
  conversation.id = conversation_id;
  conversation.members[user_id] = {};
}

// --- changes ---

MemoryConversation* MemoryTables::find_for(std::int64_t conversation_id, std::int64_t user_id) {
  const auto found = conversations_.find(conversation_id);
  if (found == conversations_.end() || !found->second.members.contains(user_id)) return nullptr;
  return &found->second;
}

db::ChangeResult MemoryTables::append(MemoryConversation& conversation, db::EventRow event,
                                      std::int64_t now_ms) {
  conversation.last_at_ms = std::max(conversation.last_at_ms, now_ms);
  event.conversation_id = conversation.id;
  event.seq = conversation.last_seq() + 1;
  event.number = conversation.last_number;
  event.created_at_ms = conversation.last_at_ms;
  conversation.log.push_back(event);
  return {.outcome = db::ChangeResult::Outcome::kDone, .event = std::move(event)};
}

db::ChangeResult MemoryTables::rename(const db::RenameRequest& request, std::int64_t now_ms) {
  using enum db::ChangeResult::Outcome;
  MemoryConversation* conversation = find_for(request.conversation_id, request.by_user_id);
  if (conversation == nullptr) return {.outcome = kNotFound};
  if (!conversation->is_group) return {.outcome = kIsDirect};
  if (conversation->name == request.name) return {.outcome = kNothingToDo};
  conversation->name = request.name;
  return append(*conversation,
                {.kind = db::EventKind::kRenamed,
                 .sender_id = request.by_user_id,
                 .body = renamed_body(request.name, request.by_user_id)},
                now_ms);
}

db::ChangeResult MemoryTables::add_members(db::AddRequest request, std::int64_t now_ms) {
  using enum db::ChangeResult::Outcome;
  sort_unique(request.user_ids);
  MemoryConversation* conversation = find_for(request.conversation_id, request.by_user_id);
  if (conversation == nullptr) return {.outcome = kNotFound};
  if (!conversation->is_group) return {.outcome = kIsDirect};
  auto unknown = unknown_of(request.user_ids);
  if (!unknown.empty()) return {.outcome = kUnknownMembers, .unknown_ids = std::move(unknown)};
  std::vector<std::int64_t> fresh = std::move(request.user_ids);
  std::erase_if(fresh, [&](std::int64_t id) { return conversation->members.contains(id); });
  if (fresh.empty()) return {.outcome = kNothingToDo};
  if (std::ssize(fresh) + std::ssize(conversation->members) > db::kMembersMax) {
    return {.outcome = kTooManyMembers};
  }
  db::ChangeResult change = append(*conversation,
                                   {.kind = db::EventKind::kJoined,
                                    .sender_id = request.by_user_id,
                                    .body = joined_body(fresh, request.by_user_id)},
                                   now_ms);
  const std::int64_t seq = change.event->seq;
  for (const std::int64_t user : fresh) {
    conversation->members[user] = {.joined_seq = seq,
                                   .delivered_seq = seq,
                                   .read_seq = seq,
                                   .read_number = conversation->last_number};
  }
  change.user_ids = std::move(fresh);
  return change;
}

db::ChangeResult MemoryTables::remove_member(const db::RemoveRequest& request,
                                             std::int64_t now_ms) {
  using enum db::ChangeResult::Outcome;
  MemoryConversation* conversation = find_for(request.conversation_id, request.by_user_id);
  if (conversation == nullptr) return {.outcome = kNotFound};
  if (!conversation->is_group) return {.outcome = kIsDirect};
  if (!conversation->members.contains(request.user_id)) return {.outcome = kNotFound};
  const bool is_allowed =
      request.user_id == request.by_user_id || conversation->creator_id == request.by_user_id;
  if (!is_allowed) return {.outcome = kForbidden};
  conversation->members.erase(request.user_id);
  std::int64_t& left_at_ms = left_at_ms_[{request.conversation_id, request.user_id}];
  left_at_ms = std::max(now_ms, left_at_ms + 1);
  db::ChangeResult change = append(*conversation,
                                   {.kind = db::EventKind::kLeft,
                                    .sender_id = request.by_user_id,
                                    .body = left_body(request.user_id, request.by_user_id)},
                                   now_ms);
  change.user_ids = {request.user_id};
  return change;
}

// --- reading ---

const MemoryConversation* MemoryTables::look(std::int64_t conversation_id) const {
  const auto found = conversations_.find(conversation_id);
  return found == conversations_.end() ? nullptr : &found->second;
}

bool MemoryTables::is_member(std::int64_t conversation_id, std::int64_t user_id) const {
  const MemoryConversation* conversation = look(conversation_id);
  return conversation != nullptr && conversation->members.contains(user_id);
}

std::vector<db::MemberRow> MemoryTables::members(std::int64_t conversation_id) const {
  std::vector<db::MemberRow> rows;
  const MemoryConversation* conversation = look(conversation_id);
  if (conversation == nullptr) return rows;
  for (const auto& [user, member] : conversation->members) {
    rows.push_back({.user_id = user,
                    .joined_seq = member.joined_seq,
                    .delivered_seq = member.delivered_seq,
                    .read_seq = member.read_seq});
  }
  return rows;
}

std::optional<db::ConversationRow> MemoryTables::find(std::int64_t conversation_id,
                                                      std::int64_t user_id) const {
  const MemoryConversation* conversation = look(conversation_id);
  if (conversation == nullptr) return std::nullopt;
  const auto member = conversation->members.find(user_id);
  if (member == conversation->members.end()) return std::nullopt;
  db::ConversationRow row{.id = conversation->id,
                          .is_group = conversation->is_group,
                          .name = conversation->name,
                          .creator_id = conversation->creator_id,
                          .created_at_ms = conversation->created_at_ms,
                          .last_seq = conversation->last_seq(),
                          .unread_count = conversation->last_number - member->second.read_number,
                          .delivered_seq = member->second.delivered_seq,
                          .read_seq = member->second.read_seq,
                          .joined_seq = member->second.joined_seq,
                          .activity_ms = conversation->activity_ms()};
  for (const auto& [user, other] : conversation->members) row.member_ids.push_back(user);
  const auto last =
      std::find_if(conversation->log.rbegin(), conversation->log.rend(),
                   [](const db::EventRow& event) { return event.kind == db::EventKind::kMessage; });
  if (last == conversation->log.rend()) return row;
  row.last_message = *last;
  row.last_message->status =
      db::status_of({.seq = last->seq, .sender_id = last->sender_id}, members(conversation_id));
  return row;
}

db::HeadPage MemoryTables::heads(std::int64_t user_id, std::int64_t limit) const {
  std::vector<const MemoryConversation*> own;
  for (const auto& [id, conversation] : conversations_) {
    if (conversation.members.contains(user_id)) own.push_back(&conversation);
  }
  std::ranges::sort(own, [](const auto* one, const auto* other) {
    return std::pair(one->activity_ms(), one->id) > std::pair(other->activity_ms(), other->id);
  });
  db::HeadPage page{.has_more = std::ssize(own) > limit};
  if (page.has_more) own.resize(static_cast<std::size_t>(limit));
  for (const auto* conversation : own) {
    page.heads.push_back(head_row(*conversation, conversation->members.at(user_id)));
  }
  return page;
}

std::vector<db::HeadRow> MemoryTables::heads_of(std::vector<std::int64_t> conversation_ids,
                                                std::int64_t user_id) const {
  sort_unique(conversation_ids);
  std::vector<db::HeadRow> heads;
  for (const std::int64_t id : conversation_ids) {
    if (!is_member(id, user_id)) continue;
    const MemoryConversation& conversation = *look(id);
    heads.push_back(head_row(conversation, conversation.members.at(user_id)));
  }
  return heads;
}

std::vector<db::HeadRow> MemoryTables::last_seqs(std::vector<std::int64_t> conversation_ids) const {
  sort_unique(conversation_ids);
  std::vector<db::HeadRow> heads;
  for (const std::int64_t id : conversation_ids) {
    const MemoryConversation* conversation = look(id);
    if (conversation == nullptr) continue;
    heads.push_back({.conversation_id = id, .last_seq = conversation->last_seq()});
  }
  return heads;
}

std::vector<db::MembershipSum> MemoryTables::membership_sums(
    const std::vector<std::int64_t>& user_ids) const {
  std::vector<db::MembershipSum> sums;
  for (const std::int64_t user : user_ids) {
    db::MembershipSum sum{.user_id = user};
    for (const auto& [id, conversation] : conversations_) {
      if (!conversation.members.contains(user)) continue;
      ++sum.count;
      sum.ids_xor ^= id;
    }
    if (sum.count > 0) sums.push_back(sum);
  }
  return sums;
}

}  // namespace ringtalk::test_support
