#include "people.h"

#include <fmt/format.h>

#include <utility>

#include "app/chat/view_rows.h"

namespace ringtalk::sim {
namespace {

namespace protocol = app::protocol;
using reactor::Task;

constexpr std::int64_t kPauseMaxMs = 1'500;

}  // namespace

void People::settle_down() {
  auto& tables = environment_.database.tables;
  const auto users = static_cast<std::int64_t>(environment_.options.users);
  const std::int64_t now_ms = environment_.world.reactor().unix_milliseconds();
  for (std::int64_t id = 1; id <= users; ++id) tables.add_user({.id = id, .name = "somebody"});
  for (std::size_t group = 0; group < environment_.options.groups; ++group) {
    db::NewGroup made{
        .id = ++last_id_, .name = "group", .creator_id = draw_user(), .created_at_ms = now_ms};
    for (std::int64_t id = 1; id <= users; ++id) {
      if (draw_.chance(0.7)) made.member_ids.push_back(id);
    }
    static_cast<void>(tables.create_group(made));
    const std::int64_t old = draw_.between(0, environment_.options.old_events_max);
    for (std::int64_t i = 0; i < old; ++i) {
      db::Uuid key{};
      for (std::size_t byte = 0; byte < 8; ++byte) {
        key[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
      }
      tables.store({.conversation_id = made.id,
                    .sender_id = made.creator_id,
                    .client_id = key,
                    .body = fmt::format("old-{}", i)},
                   now_ms);
    }
  }
}

Task<void> People::live() {
  while (!is_stopped_) {
    co_await environment_.world.reactor().sleep_for(draw_.milliseconds(1, kPauseMaxMs));
    if (!is_stopped_ && environment_.options.changes_members) act();
  }
}

void People::act() {
  SimShard* shard = instances_.draw_shard(draw_);
  if (shard == nullptr || !shard->seat().catch_up()) return;
  const std::int64_t now_ms = environment_.world.reactor().unix_milliseconds();
  const std::int64_t die = draw_.between(0, 99);
  const std::int64_t by = draw_user();
  const std::int64_t conversation = draw_.between(1'001, last_id_);
  const auto start = [&](Task<void> task) { shard->client_scope().spawn(std::move(task)); };
  if (die < 8) {
    db::NewGroup group{.id = ++last_id_, .name = "new", .creator_id = by, .created_at_ms = now_ms};
    for (std::int64_t i = draw_.between(0, 3); i > 0; --i) group.member_ids.push_back(draw_user());
    start(create_group(*shard, std::move(group)));
  } else if (die < 14) {
    const std::int64_t other = draw_user();
    if (other == by) return;
    start(create_direct(
        *shard, {.id = ++last_id_, .creator_id = by, .other_id = other, .created_at_ms = now_ms}));
  } else if (die < 30) {
    start(rename(*shard, {.conversation_id = conversation,
                          .by_user_id = by,
                          .name = fmt::format("name {}", draw_.between(1, 1'000))}));
  } else if (die < 65) {
    db::AddRequest request{.conversation_id = conversation, .by_user_id = by};
    for (std::int64_t i = draw_.between(1, 2); i > 0; --i) request.user_ids.push_back(draw_user());
    start(add(*shard, std::move(request)));
  } else {
    const std::int64_t who = draw_.chance(0.5) ? by : draw_user();
    start(remove(*shard, {.conversation_id = conversation, .by_user_id = by, .user_id = who}));
  }
  shard->seat().touch();
}

// --- as the routes do it ---

Task<void> People::create_group(SimShard& shard, db::NewGroup group) {
  opened(shard, co_await shard.conversations().create_group(std::move(group)));
}

Task<void> People::create_direct(SimShard& shard, db::NewDirect direct) {
  opened(shard, co_await shard.conversations().create_direct(direct));
}

Task<void> People::rename(SimShard& shard, db::RenameRequest request) {
  changed(shard, co_await shard.conversations().rename(std::move(request)));
}

Task<void> People::add(SimShard& shard, db::AddRequest request) {
  changed(shard, co_await shard.conversations().add_members(std::move(request)));
}

Task<void> People::remove(SimShard& shard, db::RemoveRequest request) {
  changed(shard, co_await shard.conversations().remove_member(request));
}

void People::opened(SimShard& shard, const reactor::Result<db::CreateResult>& created) {
  // Whoever was made a member may be none any more when the row is read.
  if (!created || created->outcome != db::CreateResult::Outcome::kCreated ||
      !created->conversation) {
    return;
  }
  const db::ConversationRow& row = *created->conversation;
  environment_.trace.note("{}: {} is opened", shard.name(), row.id);
  std::vector<protocol::UserId> members;
  for (const std::int64_t user : row.member_ids) members.push_back({user});
  shard.fan_out().publish_opened({row.id}, std::move(members));
}

void People::changed(SimShard& shard, const reactor::Result<db::ChangeResult>& change) {
  if (!change || change->outcome != db::ChangeResult::Outcome::kDone) return;
  const db::EventRow& row = *change->event;
  environment_.trace.note("{}: {} {} {}", shard.name(), row.conversation_id, row.seq, row.body);
  auto event = app::chat::event_view(row, shard.json_reader());
  if (!event) return environment_.checker.fail("damaged", "{}", row.body);
  shard.fan_out().publish({row.conversation_id}, std::move(*event));
}

}  // namespace ringtalk::sim
