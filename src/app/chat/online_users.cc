#include "app/chat/online_users.h"

namespace ringtalk::app::chat {

void OnlineUsers::change(protocol::UserId user, int by) {
  // Counts must not get lost, so this is not bounded by the mailbox; connections are.
  directory_.post_surely(directory_.owner_of(user.value),
                         [user, by](ShardPort& port) { port.online_users->count_here(user, by); });
}

void OnlineUsers::count_here(protocol::UserId user, int by) {
  std::int32_t& count = connections_[user];
  if (count == 0) link_.listen(user);
  count += by;
  if (count > 0) return;
  connections_.erase(user);
  link_.unlisten(user);
}

reactor::Task<bool> OnlineUsers::is_online(protocol::UserId user) {
  co_return co_await directory_.ask(
      reactor_, directory_.owner_of(user.value),
      [user](ShardPort& port) { return port.online_users->connections_.contains(user); });
}

reactor::Task<std::vector<bool>> OnlineUsers::are_online(std::vector<protocol::UserId> users) {
  std::vector<bool> online(users.size());
  for (std::size_t shard = 0; shard < directory_.size(); ++shard) {
    const auto look = [&, shard](ShardPort& port) {
      for (std::size_t i = 0; i < users.size(); ++i) {
        if (directory_.owner_of(users[i].value) != shard) continue;
        online[i] = port.online_users->connections_.contains(users[i]);
      }
      return true;
    };
    co_await directory_.ask(reactor_, shard, look);
  }
  co_return online;
}

}  // namespace ringtalk::app::chat
