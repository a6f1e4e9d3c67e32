// MemoryMarkStore: the marks in the tables of a MemoryMessageStore, behind the interface of the
// real store and with its rules (those of MemoryTables), and with failures on order. Test code; one
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "db/mark_store.h"
#include "memory_message_store.h"
#include "reactor/reactor.h"
#include "reactor/result.h"

namespace ringtalk::app::chat::testing {

class MemoryMarkStore final : public db::MarkStore {
 public:
  MemoryMarkStore(reactor::Reactor& reactor, MemoryMessageStore& messages)
      : reactor_(reactor), messages_(messages) {}

  /// As they are written.
  [[nodiscard]] db::Marks marks_of(std::int64_t conversation, std::int64_t user) const;

  /// One entry for each write to come, in their order; without entries they succeed.
  std::deque<reactor::Error> failures;
  bool is_away = false;
  reactor::Duration latency = std::chrono::milliseconds(1);

  std::vector<std::size_t> batch_sizes;  // of all writes that were tried, but when away

  [[nodiscard]] bool is_available() const override { return !is_away; }
  db::Answer<std::vector<std::optional<db::Marks>>> raise_many_marks(
      std::vector<db::MarkRequest> requests) override;

 private:
  reactor::Reactor& reactor_;
  MemoryMessageStore& messages_;
};

}  // namespace ringtalk::app::chat::testing
