// RedisConnection: a pipelined connection for commands which heals itself. Redis is a helper: every
// answer has a deadline (then it is a miss), and while Redis is away, or has kept us waiting again
// and again, callers are refused at once. Owned by a shard; the reactor's thread.
//
// Answers come in the order of the commands; what a turn says leaves in one write. When the
// connection breaks, or its oldest answer is overdue, what is in flight fails and another one is
// made in the background (back-off with jitter).
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/breaker.h"
#include "cache/command.h"
#include "cache/redis_figures.h"
#include "cache/redis_link.h"
#include "cache/redis_options.h"
#include "cache/reply.h"
#include "reactor/backoff.h"
#include "reactor/log.h"
#include "reactor/pause.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"
#include "reactor/worker_pool.h"

namespace ringtalk::cache {

class RedisConnection : reactor::Pinned {
 public:
  class Listener {
   public:
    /// A new session has begun; commands may be sent from inside this call.
    virtual void on_up() = 0;

   protected:
    ~Listener() = default;
  };
  /// Whoever must know which of its posts may not have been done.
  class PostOwner {
   public:
    /// The post with this mark was answered with an error, or the connection broke before its
    /// answer: perhaps it was done.
    virtual void post_lost(std::int64_t mark) = 0;

   protected:
    ~PostOwner() = default;
  };
  struct Receipt {
    PostOwner* owner = nullptr;  // outlives the connection's close()
    std::int64_t mark = 0;
  };

  /// `name` stands in the log.
  RedisConnection(reactor::Reactor& reactor, reactor::WorkerPool& workers, reactor::Log& log,
                  RedisOptions options, std::string name);
  ~RedisConnection();

  /// Before open(); told in the order of their coming.
  void add_listener(Listener& listener) { listeners_.push_back(&listener); }
  /// Begins to connect.
  void open();
  /// Refuses new commands, waits for the answers in flight (at most stuck_after, or one attempt to
  /// connect), disconnects. Once, before the destructor, also when it was never opened.
  reactor::Task<void> close();

  /// Connected, and answering in time.
  [[nodiscard]] bool is_available() const { return state_ == State::kUp && !breaker_.is_open(); }
  /// Sessions made so far: another number tells that there was a break in between.
  [[nodiscard]] std::uint64_t epoch() const { return figures_.connects; }

  /// The answer, which may be an error of Redis. kTimedOut after command_timeout: a miss, and a
  /// late answer is dropped. kUnavailable, at once: away, or given up. kOverloaded: too many.
  reactor::Task<reactor::Result<Reply>> run(Command command);

  /// Nobody waits. False: away, or too much waits already; it was not sent.
  bool post(const Command& command) { return post(command, Receipt()); }
  bool post(const Command& command, Receipt receipt);

  [[nodiscard]] RedisFigures figures() const;

 private:
  enum class State : std::uint8_t { kIdle, kAway, kUp, kClosed };
  enum class TicketKind : std::uint8_t { kCommand, kPost, kProbe };
  class Caller;
  /// A command that was sent; its place stays when its caller has given up.
  struct Ticket {
    Caller* caller = nullptr;
    Receipt receipt;
    TicketKind kind = TicketKind::kCommand;
    reactor::TimePoint sent_at;
  };

  reactor::Result<> admit(Caller& caller, const Command& command);
  [[nodiscard]] reactor::Result<> may_send(const Command& command) const;
  Ticket& send(const Command& command, TicketKind kind);

  reactor::Task<void> live();
  reactor::Task<void> attempt();
  reactor::Task<void> serve();
  void begin_session();
  void end_session();
  [[nodiscard]] reactor::Result<> take_replies();
  void finish(const Ticket& ticket, Reply reply);
  void caller_timed_out();
  void probe();
  void fail_all(const reactor::Error& error);
  [[nodiscard]] bool is_stuck() const;
  [[nodiscard]] reactor::Error why_away() const;

  reactor::Reactor& reactor_;
  reactor::WorkerPool& workers_;
  reactor::Log& log_;
  const RedisOptions options_;
  const std::string name_;
  std::vector<Listener*> listeners_;
  reactor::TaskScope scope_;
  reactor::Pause pause_;
  reactor::Backoff backoff_;

  State state_ = State::kIdle;
  bool is_closing_ = false;
  std::unique_ptr<RedisLink> link_;  // there while connecting and while up
  std::deque<Ticket> in_flight_;     // references to elements stay valid
  Breaker breaker_;
  std::optional<reactor::Error> last_error_;
  RedisFigures figures_;
};

}  // namespace ringtalk::cache
