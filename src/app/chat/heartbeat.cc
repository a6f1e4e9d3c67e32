#include "app/chat/heartbeat.h"

#include <memory>
#include <utility>
#include <vector>

#include "app/chat/presence.h"
#include "app/chat/watched_users.h"
#include "app/limits.h"
#include "cache/limits.h"

namespace ringtalk::app::chat {

using reactor::Task;

Task<void> Heartbeat::close() {
  is_hushed_ = true;
  is_closing_ = true;
  pause_.end();
  co_await scope_.join();
  environment_.store.farewell(environment_.instance);
}

Task<void> Heartbeat::run() {
  while (!is_closing_) {
    const bool is_well = co_await beat();
    if (is_well && !is_closing_) co_await look();
    if (is_closing_) break;
    co_await pause_.lasting(is_well ? reactor::Duration(cache::limits::kBeatInterval)
                                    : limits::kBeatRetry);
  }
}

Task<bool> Heartbeat::beat() {
  const auto was_alive = co_await environment_.store.beat(environment_.instance);
  if (was_alive && *was_alive) co_return true;
  judges_from_ = environment_.reactor.after(limits::kPresenceSettling);
  if (!was_alive) co_return false;
  if (!is_hushed_) {
    for (std::size_t shard = 0; shard < environment_.directory.size(); ++shard) {
      environment_.directory.post_surely(shard,
                                         [](ShardPort& port) { port.presence->write_all(); });
    }
  }
  co_return true;
}

Task<void> Heartbeat::look() {
  auto alive = co_await environment_.store.alive_instances();
  if (!alive) co_return;
  alive_ = alive->size();
  if (is_hushed_) co_return;
  const bool is_all = environment_.reactor.now() >= judges_from_;
  const auto shared = std::make_shared<const std::vector<InstanceId>>(std::move(*alive));
  for (std::size_t shard = 0; shard < environment_.directory.size(); ++shard) {
    environment_.directory.post_surely(shard, [shared, is_all](ShardPort& port) {
      port.watched_users->learn_instances(*shared, is_all);
    });
  }
}

}  // namespace ringtalk::app::chat
