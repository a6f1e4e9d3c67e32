#include "private_postgres.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ringtalk::testing {
namespace {

using namespace std::chrono_literals;
namespace files = std::filesystem;

constexpr auto kWaitMax = 60s;

files::path programs() {
  const char* chosen = std::getenv("RINGTALK_POSTGRES_PROGRAMS");
  return chosen != nullptr ? chosen : "/usr/lib/postgresql/15/bin";
}

const passwd* service_user() {
  return ::getuid() == 0 ? ::getpwnam("postgres") : nullptr;
}

/// In the child: PostgreSQL refuses to run as root.
void become_service_user() {
  const passwd* user = service_user();
  if (user == nullptr) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) {
    ::_exit(126);
  }
}

pid_t spawn(std::vector<std::string> words, const files::path& log) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::setpgid(0, 0);  // Ctrl-C ends the test, and the test ends the server
  become_service_user();
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test that aborts leaves no server behind
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

bool wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kWaitMax;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

/// The end of a child, or -1 while it runs.
int exit_status(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, WNOHANG) == child ? status : -1;
}

std::string tail(const files::path& log) {
  std::ifstream stream(log);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  constexpr std::size_t kBytesMax = 2'000;
  return text.size() > kBytesMax ? text.substr(text.size() - kBytesMax) : text;
}

}  // namespace

PrivatePostgres::PrivatePostgres() {
  std::string pattern = (files::temp_directory_path() / "ringtalk-db-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = pattern;
  if (const passwd* user = service_user()) {
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("chown failed");
    }
  }
  make_cluster();
  start();
}

PrivatePostgres::~PrivatePostgres() {
  if (server_ > 0) end_server(SIGQUIT);
  std::error_code ignored;
  files::remove_all(folder_, ignored);
}

void PrivatePostgres::make_cluster() {
  const files::path log = folder_ / "initdb.log";
  const pid_t initdb = spawn({programs() / "initdb", "--pgdata=" + (folder_ / "data").string(),
                              "--username=postgres", "--auth-local=trust", "--auth-host=reject",
                              "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                             log);
  int status = -1;
  if (!wait_until([&] { return (status = exit_status(initdb)) >= 0; }) || status != 0) {
    throw std::runtime_error("initdb failed: " + tail(log));
  }
}

void PrivatePostgres::start() {
  const files::path log = folder_ / "postgres.log";
  server_ = spawn({programs() / "postgres", "-D", folder_ / "data", "-k", folder_, "-c",
                   "listen_addresses=", "-c", "max_connections=100", "-c", "fsync=on", "-c",
                   "recovery_init_sync_method=syncfs"},
                  log);
  bool ended = false;
  const bool waited = wait_until([&] {
    ended = exit_status(server_) >= 0;
    return ended || is_ready();
  });
  if (waited && !ended) return;
  if (!ended) end_server(SIGQUIT);
  server_ = -1;
  throw std::runtime_error("postgres did not start: " + tail(log));
}

void PrivatePostgres::stop() {
  end_server(SIGINT);
}
void PrivatePostgres::crash() {
  end_server(SIGQUIT);
}

void PrivatePostgres::end_server(int signal) {
  const pid_t server = std::exchange(server_, -1);
  ::kill(server, signal);
  if (wait_until([&] { return exit_status(server) >= 0; })) return;
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
}

bool PrivatePostgres::is_ready() const {
  return PQping(url("template1").c_str()) == PQPING_OK;
}

std::string PrivatePostgres::create_database() {
  const std::string name = fmt::format("test_{}", ++databases_);
  query("postgres", fmt::format("CREATE DATABASE {}", name));
  return name;
}

std::string PrivatePostgres::url(const std::string& database) const {
  return fmt::format("host={} dbname={} user=postgres options='-c client_min_messages=warning'",
                     folder_.string(), database);
}

std::vector<std::string> PrivatePostgres::query(const std::string& database,
                                                const std::string& sql) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url(database).c_str()),
                                                                PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
  }
  std::vector<std::string> values;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    values.emplace_back(PQgetvalue(result.get(), row, 0));
  }
  return values;
}

}  // namespace ringtalk::testing
