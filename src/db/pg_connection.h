// PgConnection: a connection to PostgreSQL with many segments in flight, which heals itself: when
// it breaks, all that is in flight fails with kUnavailable and it connects again in the background
// (back-off with jitter). Owned by a Pool (or the migrator), used on the reactor's thread.
//
// Statements are prepared once a connection, when first met. Answers come in the order of the
// calls. A segment has succeeded only when the server has confirmed its end: the commit comes after
// the rows.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "db/answer.h"
#include "db/pg_figures.h"
#include "db/pg_options.h"
#include "db/pg_result.h"
#include "db/pg_socket.h"
#include "db/segment.h"
#include "reactor/backoff.h"
#include "reactor/fd_watcher.h"
#include "reactor/log.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task_scope.h"

namespace ringtalk::db {

class PgConnection : reactor::Pinned {
 public:
  /// `name` stands in the log: "writer", "reader".
  PgConnection(reactor::Reactor& reactor, reactor::Log& log, PgOptions options, std::string name);
  ~PgConnection();

  /// Begins to connect. Until the first attempt has ended, segments wait for it.
  void open();
  /// Refuses new segments, waits for those in flight (bounded by stuck_after), disconnects. Once,
  /// before the destructor, also when it was never opened.
  reactor::Task<void> close();

  [[nodiscard]] bool is_available() const { return state_ == State::kUp; }

  /// The results of the segment's statements, in their order, after its commit. The first error of
  /// the segment, with nothing of it committed. kTimedOut: its fate is unknown, a late answer is
  /// dropped. kUnavailable: not sent, or the connection broke and its fate is unknown.
  Answer<std::vector<PgResult>> run(Segment segment, reactor::Deadline deadline);
  /// With the deadline of the options.
  Answer<std::vector<PgResult>> run(Segment segment);

  /// The server makes its plans anew, from now on.
  void discard_plans();

  [[nodiscard]] PgFigures figures() const;

 private:
  enum class State : std::uint8_t { kIdle, kFirstAttempt, kUp, kAway, kClosed };
  class Caller;
  /// A segment that was sent; its place in the queue stays when its caller has given up.
  struct Ticket {
    Caller* caller = nullptr;  // null: ours, or given up
    std::string prepares;      // the name of the statement that it prepares
    bool is_setup = false;
    reactor::TimePoint sent_at;
    std::vector<PgResult> results;
    std::optional<reactor::Error> error;
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };
  struct Waiting {
    Caller* caller = nullptr;  // null: given up
    Segment segment;
  };

  reactor::Result<> admit(Caller& caller, Segment segment);
  void send(Segment segment, Caller* caller);
  Ticket& add_ticket();
  void watch_again();

  reactor::Task<void> live();
  reactor::Task<void> attempt();
  reactor::Task<void> serve();
  reactor::Task<void> pause();
  void begin_session();
  void end_session();
  void take_results();
  void take_result(PgSocket::RawResult result);
  void finish_ticket(Ticket ticket);
  void fail_all(const reactor::Error& error);
  [[nodiscard]] bool is_stuck() const;
  [[nodiscard]] reactor::Error why_away() const;

  reactor::Reactor& reactor_;
  reactor::Log& log_;
  const PgOptions options_;
  const std::string name_;
  reactor::FdWatcher watcher_;
  reactor::TaskScope scope_;

  State state_ = State::kIdle;
  bool closing_ = false;
  std::unique_ptr<PgSocket> socket_;  // there while connecting and while up
  std::deque<Ticket> in_flight_;      // references to elements stay valid
  std::deque<Waiting> waiting_;
  std::unordered_set<std::string, NameHash, std::equal_to<>> prepared_;  // or being prepared
  reactor::TimePoint last_progress_;
  reactor::TimePoint plans_made_at_;
  std::optional<reactor::Error> last_error_;
  reactor::Backoff backoff_;
  PgFigures figures_;
};

}  // namespace ringtalk::db
