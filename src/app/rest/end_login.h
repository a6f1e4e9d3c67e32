// The end of a login, on all shards of this instance: its access tokens are refused from now on and
// its sockets close with 4001. When the task is done every shard knows. Any shard's thread.
#pragma once

#include <cstdint>

#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "reactor/reactor.h"
#include "reactor/task.h"

namespace ringtalk::app::rest {

/// `tokens_expire_at_s`: when the last access token that this login may have got is past.
[[nodiscard]] reactor::Task<void> end_login(reactor::Reactor& here, ShardDirectory& directory,
                                            protocol::LoginId login,
                                            std::int64_t tokens_expire_at_s);

}  // namespace ringtalk::app::rest
