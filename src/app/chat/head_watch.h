// HeadWatch: the net under all deliveries. Now and then it compares the heads that the hub knows
// with those in the database: a last message whose letter was lost on its way, or that another
// instance has stored, has no successor to show the hole. One a shard, its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "app/chat/hub.h"
#include "app/metrics.h"
#include "db/conversation_store.h"
#include "reactor/clock.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class HeadWatch : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    Hub& hub;
    db::ConversationStore& conversations;
    Metrics& metrics;
    reactor::Duration interval{};  // between two rounds
  };
  explicit HeadWatch(const Environment& environment);

  void open() { scope_.spawn(run()); }
  /// Asks no more, and waits for the question under way. Before the destructor, if it was opened.
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> compare_all();
  [[nodiscard]] reactor::Task<bool> compare(std::vector<std::int64_t> conversation_ids);

  const Environment environment_;
  bool is_closing_ = false;
  reactor::Pause pause_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
