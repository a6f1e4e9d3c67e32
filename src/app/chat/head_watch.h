// HeadWatch: the net under all deliveries. Once a heartbeat it compares the heads of all that is
// listened to with the database: a last message whose letter was lost on its way, or that another
// instance has stored, has no successor to show the hole. While the bus is away it does so each
// second, in place of the bus; and what the routes want to have compared does not wait at all. One
// a shard, for the conversations that it owns; its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "app/chat/routes.h"
#include "db/conversation_store.h"
#include "reactor/clock.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class HeadWatch final : reactor::Pinned, Routes::Observer {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    Routes& routes;
    db::ConversationStore& conversations;
    reactor::Duration heartbeat{};
  };
  explicit HeadWatch(const Environment& environment);

  void open();
  /// Asks no more, and waits for the question under way. Before the destructor, if it was opened.
  [[nodiscard]] reactor::Task<void> close();

 private:
  void wants_checks() override { until_round_.end(); }
  [[nodiscard]] reactor::Duration interval() const;
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> check(std::vector<std::int64_t> conversation_ids);
  [[nodiscard]] reactor::Task<std::size_t> compare(std::vector<std::int64_t> conversation_ids);

  const Environment environment_;
  bool is_closing_ = false;
  reactor::Pause until_round_;
  reactor::Pause pacing_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
