#include "sim_conversation_store.h"

#include <utility>

namespace ringtalk::sim {

using db::Answer;
using reactor::Result;
using test_support::MemoryTables;

// As in the real store, the conversation is read after its making, by the other connection.
Answer<db::CreateResult> SimConversationStore::seen_by_creator(Result<db::CreateResult> created,
                                                               std::int64_t creator) {
  if (!created || !created->conversation) co_return created;
  auto row = co_await find(created->conversation->id, creator);
  if (!row) co_return std::unexpected(row.error());
  created->conversation = std::move(*row);
  co_return created;
}

Answer<db::CreateResult> SimConversationStore::create_group(db::NewGroup group) {
  const std::int64_t creator = group.creator_id;
  auto created = co_await link_.write<db::CreateResult>(
      Line::kWriter, {}, [group = std::move(group)](MemoryTables& tables, std::int64_t) {
        return tables.create_group(group);
      });
  co_return co_await seen_by_creator(std::move(created), creator);
}

Answer<db::CreateResult> SimConversationStore::create_direct(db::NewDirect direct) {
  auto created = co_await link_.write<db::CreateResult>(
      Line::kWriter, {},
      [direct](MemoryTables& tables, std::int64_t) { return tables.create_direct(direct); });
  co_return co_await seen_by_creator(std::move(created), direct.creator_id);
}

Answer<std::optional<db::ConversationRow>> SimConversationStore::find(std::int64_t conversation_id,
                                                                      std::int64_t user_id) {
  return link_.read<std::optional<db::ConversationRow>>(
      [=](MemoryTables& tables, std::int64_t) { return tables.find(conversation_id, user_id); });
}

Answer<db::ConversationPage> SimConversationStore::list(db::ListRequest) {
  co_return reactor::fail(reactor::ErrorKind::kProtocol, "not in the simulation");
}

Answer<db::ChangeResult> SimConversationStore::rename(db::RenameRequest request) {
  return link_.write<db::ChangeResult>(
      Line::kWriter, {request.conversation_id},
      [request](MemoryTables& tables, std::int64_t now) { return tables.rename(request, now); });
}

Answer<db::ChangeResult> SimConversationStore::add_members(db::AddRequest request) {
  return link_.write<db::ChangeResult>(Line::kWriter, {request.conversation_id},
                                       [request](MemoryTables& tables, std::int64_t now) {
                                         return tables.add_members(request, now);
                                       });
}

Answer<db::ChangeResult> SimConversationStore::remove_member(db::RemoveRequest request) {
  return link_.write<db::ChangeResult>(Line::kWriter, {request.conversation_id},
                                       [request](MemoryTables& tables, std::int64_t now) {
                                         return tables.remove_member(request, now);
                                       });
}

Answer<bool> SimConversationStore::is_member(std::int64_t conversation_id, std::int64_t user_id) {
  return link_.read<bool>([=](MemoryTables& tables, std::int64_t) {
    return tables.is_member(conversation_id, user_id);
  });
}

Answer<std::vector<std::int64_t>> SimConversationStore::member_ids(std::int64_t conversation_id) {
  const auto members = co_await this->members(conversation_id);
  if (!members) co_return std::unexpected(members.error());
  std::vector<std::int64_t> ids;
  for (const db::MemberRow& member : *members) ids.push_back(member.user_id);
  co_return ids;
}

Answer<std::vector<db::MemberRow>> SimConversationStore::members(std::int64_t conversation_id) {
  return link_.read<std::vector<db::MemberRow>>(
      [=](MemoryTables& tables, std::int64_t) { return tables.members(conversation_id); });
}

Answer<db::HeadPage> SimConversationStore::heads(std::int64_t user_id, std::int64_t limit) {
  return link_.read<db::HeadPage>(
      [=](MemoryTables& tables, std::int64_t) { return tables.heads(user_id, limit); });
}

Answer<std::vector<db::HeadRow>> SimConversationStore::heads_of(
    std::vector<std::int64_t> conversation_ids, std::int64_t user_id) {
  return link_.read<std::vector<db::HeadRow>>(
      [ids = std::move(conversation_ids), user_id](MemoryTables& tables, std::int64_t) {
        return tables.heads_of(ids, user_id);
      });
}

Answer<std::vector<db::HeadRow>> SimConversationStore::last_seqs(
    std::vector<std::int64_t> conversation_ids) {
  return link_.read<std::vector<db::HeadRow>>(
      [ids = std::move(conversation_ids)](MemoryTables& tables, std::int64_t) {
        return tables.last_seqs(ids);
      });
}

Answer<std::vector<db::MembershipSum>> SimConversationStore::membership_sums(
    std::vector<std::int64_t> user_ids) {
  return link_.read<std::vector<db::MembershipSum>>(
      [ids = std::move(user_ids)](MemoryTables& tables, std::int64_t) {
        return tables.membership_sums(ids);
      });
}

Answer<db::DeparturePage> SimConversationStore::recent_departures(db::DeparturesRequest request) {
  return link_.read<db::DeparturePage>([request](MemoryTables& tables, std::int64_t now) {
    return tables.recent_departures(request, now);
  });
}

}  // namespace ringtalk::sim
