#include "app/chat/session_table.h"

#include "app/chat/session.h"

namespace ringtalk::app::chat {

void SessionTable::enter(Session& session) {
  by_user_[session.user_id()].push_back(&session);
  ++size_;
}

void SessionTable::leave(Session& session) {
  const auto found = by_user_.find(session.user_id());
  std::erase(found.value(), &session);
  if (found->second.empty()) by_user_.erase(found);
  --size_;
}

std::vector<std::int64_t> SessionTable::user_ids() const {
  std::vector<std::int64_t> users;
  users.reserve(by_user_.size());
  for (const auto& [user, sessions] : by_user_) users.push_back(user.value);
  return users;
}

void SessionTable::close_login(protocol::LoginId login) const {
  // A login is one device or a few: a walk over all sessions is rare, and needs no second index.
  each([&](Session& session) {
    if (session.login_id() == login) session.login_ended();
  });
}

}  // namespace ringtalk::app::chat
