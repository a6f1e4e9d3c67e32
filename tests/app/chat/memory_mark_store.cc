#include "memory_mark_store.h"

namespace ringtalk::app::chat::testing {

db::Marks MemoryMarkStore::marks_of(std::int64_t conversation, std::int64_t user) const {
  const auto* found = messages_.tables.look(conversation);
  if (found == nullptr || !found->members.contains(user)) return {};
  const test_support::MemoryMember& member = found->members.at(user);
  return {.delivered_seq = member.delivered_seq, .read_seq = member.read_seq};
}

db::Answer<std::vector<std::optional<db::Marks>>> MemoryMarkStore::raise_many_marks(
    std::vector<db::MarkRequest> requests) {
  if (is_away) co_return reactor::fail(reactor::ErrorKind::kUnavailable, "away");
  batch_sizes.push_back(requests.size());
  co_await reactor_.sleep_for(latency);
  if (!failures.empty()) {
    reactor::Error error = std::move(failures.front());
    failures.pop_front();
    co_return std::unexpected(std::move(error));
  }
  std::vector<std::optional<db::Marks>> marks;
  marks.reserve(requests.size());
  for (const db::MarkRequest& request : requests) marks.push_back(messages_.tables.raise(request));
  co_return marks;
}

}  // namespace ringtalk::app::chat::testing
