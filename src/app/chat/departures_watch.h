// DeparturesWatch: learns from the database who has ceased to be a member of what, and has the
// sessions of that user look closer. One an instance, owned by its first shard, on that shard's
// thread. It asks twice a second: the contract allows `removed` one second to reach every instance,
// and the notice over the bus may get lost without a word.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "app/shard_directory.h"
#include "db/conversation_store.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app::chat {

class DeparturesWatch : reactor::Pinned {
 public:
  struct Environment {
    reactor::Reactor& reactor;
    ShardDirectory& directory;
    db::ConversationStore& conversations;
  };
  explicit DeparturesWatch(const Environment& environment);

  /// Begins to ask.
  void open();
  /// Asks no more, and waits for the question under way. Once, before the destructor.
  [[nodiscard]] reactor::Task<void> close();

 private:
  [[nodiscard]] reactor::Task<void> run();
  [[nodiscard]] reactor::Task<void> ask_once();
  [[nodiscard]] reactor::Task<void> tell(std::vector<db::DepartureRow> departures);

  const Environment environment_;
  std::int64_t since_ms_ = 0;        // by the database's clock, once it has answered
  std::set<db::DepartureRow> told_;  // from since_ms_ on: they come again until it has passed them
  bool is_closing_ = false;
  reactor::Pause pause_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app::chat
