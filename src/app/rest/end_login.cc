#include "app/rest/end_login.h"

#include "app/auth/revoked_logins.h"
#include "app/chat/session_table.h"

namespace ringtalk::app::rest {

reactor::Task<void> end_login(reactor::Reactor& here, ShardDirectory& directory,
                              protocol::LoginId login, std::int64_t tokens_expire_at_s) {
  const auto end_here = [login, tokens_expire_at_s](ShardPort& port) {
    const bool is_news = port.revoked_logins->revoke(login, tokens_expire_at_s);
    if (is_news) port.sessions->close_login(login);
    return is_news;
  };
  for (std::size_t shard = 0; shard < directory.size(); ++shard) {
    (void)co_await directory.ask(here, shard, end_here);
  }
}

}  // namespace ringtalk::app::rest
