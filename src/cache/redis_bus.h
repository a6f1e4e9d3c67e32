// RedisBus: a Bus over Redis' PUBLISH and SUBSCRIBE. It hears on a connection of its own, which
// heals itself (back-off with jitter) and subscribes to everything again; it publishes by a shared
// RedisConnection. Owned by a shard; the reactor's thread.
//
// What is subscribed within a turn leaves in one command. A connection on which nothing comes, not
// even the answer to a PING, is dead after silence_max.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cache/bus.h"
#include "cache/redis_connection.h"
#include "cache/redis_link.h"
#include "cache/redis_options.h"
#include "cache/subscriptions.h"
#include "reactor/backoff.h"
#include "reactor/log.h"
#include "reactor/pause.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"
#include "reactor/worker_pool.h"

namespace ringtalk::cache {

struct BusFigures {
  bool is_available = false;
  std::size_t channels = 0;  // wanted, or not yet given up by the server
  std::size_t confirmations_due = 0;
  std::uint64_t heard = 0;  // messages
  std::uint64_t connects = 0;
  std::uint64_t connect_failures = 0;
  std::uint64_t losses = 0;
};

class RedisBus final : public Bus, RedisConnection::Listener, RedisConnection::PostOwner {
 public:
  /// Before publisher.open(). The publisher is closed before this ends.
  RedisBus(reactor::Reactor& reactor, reactor::WorkerPool& workers, reactor::Log& log,
           RedisOptions options, RedisConnection& publisher);
  ~RedisBus() override;

  void open(Bus::Listener& listener) override;
  [[nodiscard]] reactor::Task<void> close() override;
  void subscribe(std::string channel) override;
  void unsubscribe(std::string channel) override;
  bool publish(std::string channel, std::string payload) override;
  [[nodiscard]] bool is_available() const override { return state_ == State::kUp; }

  [[nodiscard]] BusFigures figures() const;

 private:
  enum class State : std::uint8_t { kIdle, kAway, kUp, kClosed };

  void on_up() override { tell_of_lost_publishes(); }
  void post_lost(std::int64_t) override { has_lost_publishes_ = true; }
  void tell_of_lost_publishes();

  reactor::Task<void> live();
  reactor::Task<void> attempt();
  reactor::Task<void> serve();
  void begin_session();
  void end_session();
  [[nodiscard]] reactor::Result<> take_replies();
  [[nodiscard]] reactor::Result<> handle(const Reply& reply);
  [[nodiscard]] reactor::Result<> look_for_life();
  void confirmed(Subscriptions::Kind kind, const std::string& channel);
  void send_changes_soon();
  reactor::Task<void> send_changes();

  reactor::Reactor& reactor_;
  reactor::WorkerPool& workers_;
  reactor::Log& log_;
  const RedisOptions options_;
  RedisConnection& publisher_;
  Bus::Listener* listener_ = nullptr;
  reactor::TaskScope scope_;
  reactor::Pause pause_;
  reactor::Backoff backoff_;

  State state_ = State::kIdle;
  bool is_closing_ = false;
  bool is_about_to_send_ = false;
  bool has_lost_publishes_ = false;
  std::unique_ptr<RedisLink> link_;  // there while connecting and while up
  Subscriptions subscriptions_;
  reactor::TimePoint heard_at_;  // anything
  reactor::TimePoint pinged_at_;
  std::optional<reactor::Error> last_error_;
  BusFigures figures_;
};

}  // namespace ringtalk::cache
