// PgSocket: one libpq connection from its making to its end, in non-blocking pipeline mode. It
// sends and takes apart, and knows no queue and no callers. Owned by a PgConnection, on its thread.
//
// After an error every call does nothing and is_broken() stays true: throw it away.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>

#include "db/answer.h"
#include "db/pg_options.h"
#include "db/segment.h"
#include "reactor/fd_watcher.h"
#include "reactor/log.h"
#include "reactor/pinned.h"

namespace ringtalk::db {

class PgSocket : reactor::Pinned {
 public:
  explicit PgSocket(reactor::Log& log) : log_(log) {}
  /// Nobody may be waiting for descriptor() any more.
  ~PgSocket();

  /// Once. Ends with the connection in pipeline mode, or with kUnavailable or kTimedOut.
  Answer<void> connect(const PgOptions& options, reactor::FdWatcher& watcher,
                       reactor::Deadline deadline);

  /// For FdWatcher. A duplicate of libpq's descriptor: libpq closes its own as soon as it sees the
  /// end of the stream, even in the middle of a send, and a descriptor that is being polled must
  /// not be closed.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool is_broken() const {
    return broken_ || PQstatus(connection_.get()) == CONNECTION_BAD;
  }
  /// Of a broken one: why.
  [[nodiscard]] reactor::Error error() const;

  void send_prepare(const Segment::Step& step);
  void send_execute(const Segment::Step& step);
  void send_plain(const char* sql);
  /// Ends a segment and sends what the kernel takes now.
  void send_sync();
  /// There is more to send: watch for writable, call flush() then.
  [[nodiscard]] bool wants_write() const { return wants_write_; }
  void flush();

  /// Reads what has come.
  void receive();

  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using RawResult = std::unique_ptr<PGresult, ClearResult>;
  /// The next result that has come whole; null: none for now.
  [[nodiscard]] RawResult next_result();

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  void check(int succeeded);

  reactor::Log& log_;
  std::unique_ptr<PGconn, Finish> connection_;
  int descriptor_ = -1;
  bool wants_write_ = false;
  bool broken_ = false;
};

}  // namespace ringtalk::db
