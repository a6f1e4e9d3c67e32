// PrivatePostgres: a PostgreSQL cluster of its own for tests, on a Unix socket in a temporary
// folder, with fsync on. Started as root it runs as the user postgres. Owned by a test program; its
// server is ended by process id, the folder removed. Waits are bounded; failures throw.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ringtalk::testing {

class PrivatePostgres {
 public:
  /// Makes and starts the cluster.
  PrivatePostgres();
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  void start();
  /// Orderly: sessions are thrown out (57P01), all is written.
  void stop();
  /// As a crash: nobody is told, recovery follows at the next start.
  void crash();

  /// An empty database; its name.
  std::string create_database();
  [[nodiscard]] std::string url(const std::string& database) const;

  /// Runs statements; the first column of the last one's rows.
  std::vector<std::string> query(const std::string& database, const std::string& sql) const;

 private:
  void make_cluster();
  void end_server(int signal);
  [[nodiscard]] bool is_ready() const;

  std::filesystem::path folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace ringtalk::testing
