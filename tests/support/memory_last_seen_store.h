// MemoryLastSeenStore: when users were last seen, in memory, behind the interface of the real
// store. Test code; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "db/last_seen_store.h"
#include "reactor/reactor.h"

namespace ringtalk::app::chat::testing {

class MemoryLastSeenStore final : public db::LastSeenStore {
 public:
  explicit MemoryLastSeenStore(reactor::Reactor& reactor) : reactor_(reactor) {}

  std::map<std::int64_t, std::int64_t> seen;
  std::vector<std::size_t> batch_sizes;  // of all writes that were tried
  bool is_away = false;

  db::Answer<std::vector<db::LastSeen>> last_seen_of(std::vector<std::int64_t> user_ids) override;
  db::Answer<void> raise_last_seen(std::vector<db::LastSeen> raised) override;

 private:
  reactor::Reactor& reactor_;
};

}  // namespace ringtalk::app::chat::testing
