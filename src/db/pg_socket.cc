#include "db/pg_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "db/pg_error.h"

namespace ringtalk::db {
namespace {

PGconn* start_connecting(const PgOptions& options) {
  // Later words win: the URL may change what stands before it.
  const std::array<const char*, 8> keys = {
      "keepalives_idle", "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
      "dbname",          "fallback_application_name", "client_encoding",  nullptr};
  const std::array<const char*, 8> values = {
      "10",   "5",    "3", "15000", options.url.c_str(), options.application_name.c_str(),
      "UTF8", nullptr};
  constexpr int kExpandUrl = 1;
  return PQconnectStartParams(keys.data(), values.data(), kExpandUrl);
}

void log_notice(void* log, const char* message) {
  static_cast<reactor::Log*>(log)->debug("db.notice", {{"message", message}});
}

}  // namespace

PgSocket::~PgSocket() {
  connection_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
}

Answer<void> PgSocket::connect(const PgOptions& options, reactor::FdWatcher& watcher,
                               reactor::Deadline deadline) {
  connection_.reset(start_connecting(options));
  if (is_broken()) co_return std::unexpected(error());
  PQsetNoticeProcessor(connection_.get(), log_notice, &log_);

  PostgresPollingStatusType step = PGRES_POLLING_WRITING;
  while (step != PGRES_POLLING_OK) {
    const std::uint32_t events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    const reactor::Result<std::uint32_t> ready =
        co_await watcher.wait(PQsocket(connection_.get()), events, deadline);
    if (!ready) co_return std::unexpected(ready.error());
    step = PQconnectPoll(connection_.get());
    if (step == PGRES_POLLING_FAILED) co_return std::unexpected(error());
  }
  check(PQsetnonblocking(connection_.get(), 1) == 0);
  check(PQenterPipelineMode(connection_.get()));
  descriptor_ = ::fcntl(PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0);
  if (descriptor_ < 0) co_return std::unexpected(reactor::system_error(errno, "dup"));
  co_return reactor::Result<>{};
}

reactor::Error PgSocket::error() const {
  if (connection_ == nullptr) {
    return {.kind = reactor::ErrorKind::kUnavailable, .detail = "out of memory"};
  }
  return error_of(connection_.get());
}

void PgSocket::check(int succeeded) {
  if (succeeded == 0) broken_ = true;
}

void PgSocket::send_prepare(const Segment::Step& step) {
  check(PQsendPrepare(connection_.get(), step.statement.name, step.statement.sql,
                      step.parameters.count(), step.parameters.types().data()));
}

void PgSocket::send_execute(const Segment::Step& step) {
  const PgParameters::View view = step.parameters.view();
  constexpr int kBinaryResult = 1;
  check(PQsendQueryPrepared(connection_.get(), step.statement.name, step.parameters.count(),
                            view.values.data(), view.lengths.data(), view.formats.data(),
                            kBinaryResult));
}

void PgSocket::send_plain(const char* sql) {
  check(PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1));
}

void PgSocket::send_sync() {
  check(PQpipelineSync(connection_.get()));
  flush();
}

void PgSocket::flush() {
  const int pending = PQflush(connection_.get());
  check(pending >= 0);
  wants_write_ = pending == 1;
}

void PgSocket::receive() {
  check(PQconsumeInput(connection_.get()));
}

// A null ends the results of one statement; a second one in a row means that nothing is owed. After
// each, PQisBusy looks whether the next statement's result has come already.
PgSocket::RawResult PgSocket::next_result() {
  for (int nulls = 0; nulls < 2; ++nulls) {
    if (PQisBusy(connection_.get()) != 0) return nullptr;
    if (PGresult* result = PQgetResult(connection_.get())) return RawResult(result);
  }
  return nullptr;
}

}  // namespace ringtalk::db
