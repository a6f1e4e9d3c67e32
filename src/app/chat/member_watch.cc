#include "app/chat/member_watch.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "app/limits.h"
#include "app/protocol/bounds.h"

namespace ringtalk::app::chat {

using reactor::Task;

Task<void> MemberWatch::begin() {
  is_reading_ = true;
  while (is_on_) {
    is_outdated_ = false;
    const auto row = co_await environment_.conversations.find(environment_.conversation_id.value,
                                                              environment_.user.value);
    if (row && !*row) break;  // no member any more
    if (!row) {
      co_await environment_.reactor.sleep_for(limits::kMembersRetry);
    } else if (!is_outdated_) {
      const std::size_t count = std::min((*row)->member_ids.size(), protocol::kWatchedUsersMax);
      std::vector<protocol::UserId> members;
      for (std::size_t i = 0; i < count; ++i) members.push_back({(*row)->member_ids[i]});
      if (is_on_) list_.replace(members);
      break;
    }
  }
  is_reading_ = false;
}

void MemberWatch::note(const protocol::EventView& event) {
  if (!is_on_) return;
  const auto* joined = std::get_if<protocol::Joined>(&event.detail);
  const auto* left = std::get_if<protocol::Left>(&event.detail);
  if (joined == nullptr && left == nullptr) return;
  if (is_reading_) {
    is_outdated_ = true;
  } else if (left != nullptr) {
    list_.remove(left->user_id);
  } else {
    for (const protocol::UserId user : joined->user_ids) list_.add(user);
  }
}

}  // namespace ringtalk::app::chat
