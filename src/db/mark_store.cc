#include "db/mark_store.h"

#include <utility>

namespace ringtalk::db {

Answer<std::optional<Marks>> MarkStore::raise_marks(MarkRequest request) {
  std::vector<MarkRequest> requests;
  requests.push_back(std::move(request));
  const auto marks = co_await raise_many_marks(std::move(requests));
  if (!marks) co_return std::unexpected(marks.error());
  co_return marks->front();
}

}  // namespace ringtalk::db
