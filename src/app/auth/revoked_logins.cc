#include "app/auth/revoked_logins.h"

namespace ringtalk::app::auth {

bool RevokedLogins::revoke(protocol::LoginId login, std::int64_t tokens_expire_at_s) {
  if (!logins_.insert(login).second) return false;
  by_time_.push_back({.tokens_expire_at_s = tokens_expire_at_s, .login = login});
  return true;
}

void RevokedLogins::prune(std::int64_t now_s) {
  while (!by_time_.empty() && by_time_.front().tokens_expire_at_s <= now_s) {
    logins_.erase(by_time_.front().login);
    by_time_.pop_front();
  }
}

}  // namespace ringtalk::app::auth
