#include "memory_mark_store.h"

#include <algorithm>

namespace ringtalk::app::chat::testing {

db::Marks MemoryMarkStore::marks_of(std::int64_t conversation, std::int64_t user) const {
  const auto found = marks_.find({conversation, user});
  return found == marks_.end() ? db::Marks{} : found->second;
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
  for (const db::MarkRequest& request : requests) marks.push_back(raise(request));
  co_return marks;
}

std::optional<db::Marks> MemoryMarkStore::raise(const db::MarkRequest& request) {
  if (!messages_.is_member(request.conversation_id, request.user_id)) return std::nullopt;
  const auto head = static_cast<std::int64_t>(messages_.log_of(request.conversation_id).size());
  db::Marks& marks = marks_[{request.conversation_id, request.user_id}];
  const db::Marks before = marks;
  const std::int64_t read = std::min(request.read_seq.value_or(0), head);
  const std::int64_t delivered = std::min(request.delivered_seq.value_or(0), head);
  marks.read_seq = std::max(marks.read_seq, read);
  const std::int64_t base = std::max({marks.delivered_seq, delivered, read});
  marks.delivered_seq = base;
  for (const db::OwnRun& run : request.own_runs) {
    marks.read_seq = std::max(marks.read_seq, run.last);
    if (run.first <= base + 1) marks.delivered_seq = std::max(marks.delivered_seq, run.last);
  }
  db::Marks answer = marks;
  answer.is_changed =
      before.delivered_seq != marks.delivered_seq || before.read_seq != marks.read_seq;
  return answer;
}

}  // namespace ringtalk::app::chat::testing
