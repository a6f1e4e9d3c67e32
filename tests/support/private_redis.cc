#include "private_redis.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ringtalk::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitMax = 60s;

pid_t spawn(std::vector<std::string> words, int out) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  ::dup2(::open("/dev/null", O_RDONLY), 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::setpgid(0, 0);                     // Ctrl-C ends the test, and the test ends the server
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that aborts leaves no server behind
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

PrivateRedis::PrivateRedis(std::vector<std::string> settings) : settings_(std::move(settings)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "ringtalk-redis-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = pattern;
  start();
}

PrivateRedis::~PrivateRedis() {
  if (server_ > 0) crash();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PrivateRedis::start() {
  std::vector<std::string> words{
      "redis-server", "--port", "0", "--unixsocket", socket_path(), "--dir",
      folder_,        "--save", "",  "--appendonly", "no"};
  words.insert(words.end(), settings_.begin(), settings_.end());
  const int log = ::open((folder_ / "redis.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  server_ = spawn(std::move(words), log);
  ::close(log);
  const auto end = std::chrono::steady_clock::now() + kWaitMax;
  while (!is_ready()) {
    if (::waitpid(server_, nullptr, WNOHANG) == server_) server_ = -1;
    if (server_ < 0 || std::chrono::steady_clock::now() >= end) {
      throw std::runtime_error("redis-server did not start");
    }
    std::this_thread::sleep_for(5ms);
  }
}

void PrivateRedis::crash() {
  const pid_t server = std::exchange(server_, -1);
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  std::filesystem::remove(socket_path());
}

void PrivateRedis::freeze() {
  ::kill(server_, SIGSTOP);
}

void PrivateRedis::thaw() {
  ::kill(server_, SIGCONT);
}

std::string PrivateRedis::ask(const std::vector<std::string>& words) const {
  std::vector<std::string> all{"redis-cli", "-s", socket_path()};
  all.insert(all.end(), words.begin(), words.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = spawn(std::move(all), ends[1]);
  ::close(ends[1]);
  std::string said;
  char bytes[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
    said.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  while (said.ends_with('\n')) said.pop_back();
  return said;
}

bool PrivateRedis::is_ready() const {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = socket_path();
  std::memcpy(address.sun_path, path.data(), path.size());
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_there =
      ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return is_there;
}

}  // namespace ringtalk::testing
