// RedisPresenceStore: a PresenceStore in Redis: a set of instances for each user, a key that
// expires for each instance, and a set of all instances. It shares the connection of its shard,
// which outlives it; the reactor's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/presence_store.h"
#include "cache/redis_connection.h"

namespace ringtalk::cache {

class RedisPresenceStore final : public PresenceStore,
                                 RedisConnection::Listener,
                                 RedisConnection::PostOwner {
 public:
  explicit RedisPresenceStore(RedisConnection& connection) : connection_(connection) {}

  void listen(PresenceStore::Listener& listener) override;
  [[nodiscard]] bool is_available() const override { return connection_.is_available(); }
  bool enter(std::int64_t user, InstanceNumber instance) override;
  bool leave(std::int64_t user, InstanceNumber instance) override;
  Answer<bool> beat(InstanceNumber instance) override;
  void farewell(InstanceNumber instance) override;
  Answer<std::vector<InstanceNumber>> alive_instances() override;
  Answer<std::vector<InstanceNumber>> alive_of(std::vector<InstanceNumber> instances) override;
  Answer<std::vector<std::vector<InstanceNumber>>> instances_of(
      std::vector<std::int64_t> users) override;

 private:
  void on_up() override;
  void post_lost(std::int64_t mark) override;
  Answer<std::vector<Reply>> ask_all(std::vector<Command> commands);
  [[nodiscard]] reactor::Task<void> ask_one(Command command,
                                            std::optional<reactor::Result<Reply>>& answer);

  RedisConnection& connection_;
  PresenceStore::Listener* listener_ = nullptr;
};

}  // namespace ringtalk::cache
