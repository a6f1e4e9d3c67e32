// PrivateRedis: a Redis of its own for tests, on a Unix socket in a temporary folder, with nothing
// on disk. Owned by a test; its server is ended by process id, the folder removed. Waits are
// bounded; failures throw. Test code; one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ringtalk::testing {

class PrivateRedis {
 public:
  /// `settings` are further arguments of redis-server: {"--requirepass", "secret"}. Starts it.
  explicit PrivateRedis(std::vector<std::string> settings = {});
  ~PrivateRedis();
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  void start();
  /// kill -9: nobody is told, all is forgotten.
  void crash();
  /// SIGSTOP: connections stay, the kernel goes on to accept and to take bytes.
  void freeze();
  void thaw();

  [[nodiscard]] std::string socket_path() const { return (folder_ / "redis.sock").string(); }

  /// What redis-cli prints. `words` are the command; only while it runs.
  std::string ask(const std::vector<std::string>& words) const;

 private:
  [[nodiscard]] bool is_ready() const;

  const std::vector<std::string> settings_;
  std::filesystem::path folder_;
  pid_t server_ = -1;
};

}  // namespace ringtalk::testing
