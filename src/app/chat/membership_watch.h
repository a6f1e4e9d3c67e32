// MembershipWatch: the net under the notices of joining and leaving. Once a heartbeat it sums up
// what each session listens to and asks the database whether that is the user's whole set; the
// sessions that differ look closer. While the bus is away it asks more often, and once more when
// the bus is back. One a shard, for its own sessions; its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "app/chat/bus_link.h"
#include "app/chat/session_table.h"
#include "db/conversation_store.h"
#include "reactor/clock.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class MembershipWatch : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    SessionTable& sessions;
    const BusLink& bus_link;
    db::ConversationStore& conversations;
    reactor::Duration heartbeat{};
  };
  explicit MembershipWatch(const Environment& environment);

  void open() { scope_.spawn(run()); }
  /// Asks no more, and waits for the question under way. Before the destructor, if it was opened.
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Duration interval() const;
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> compare_all();
  [[nodiscard]] reactor::Task<bool> compare(std::vector<std::int64_t> users);

  const Environment environment_;
  bool is_closing_ = false;
  bool missed_notices_ = false;     // perhaps, since the last round
  std::uint64_t known_misses_ = 0;  // of the bus, at the last look
  reactor::Pause until_round_;
  reactor::Pause pacing_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
