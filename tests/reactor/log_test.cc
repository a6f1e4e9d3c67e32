#include "reactor/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ringtalk::reactor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }
  // Reads until `count` lines are there, or for five seconds.
  std::vector<std::string> read_lines(std::size_t count) {
    const auto give_up = steady_clock::now() + seconds(5);
    while (lines_in(text_) < count && steady_clock::now() < give_up) read_some(milliseconds(100));
    return take_lines();
  }
  std::vector<std::string> read_all() {
    close_writer();
    while (read_some(seconds(5))) {
    }
    return take_lines();
  }

 private:
  static std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }
  bool read_some(milliseconds timeout) {
    pollfd reader{.fd = ends_[0], .events = POLLIN, .revents = 0};
    if (::poll(&reader, 1, static_cast<int>(timeout.count())) <= 0) return false;
    char bytes[4096];
    const ssize_t size = ::read(ends_[0], bytes, sizeof bytes);
    if (size <= 0) return false;
    text_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  std::vector<std::string> take_lines() {
    std::vector<std::string> lines;
    for (std::size_t end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      lines.push_back(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
    return lines;
  }
  void close_end(int end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  int ends_[2] = {-1, -1};
  std::string text_;
};

TEST(Logger, writes_json_to_a_pipe_and_leaves_out_lower_levels) {
  Pipe pipe;
  Logger logger({.level = LogLevel::kWarn, .descriptor = pipe.writer()});
  EXPECT_FALSE(logger.enabled(LogLevel::kInfo));
  logger.debug("a");
  logger.info("b");
  logger.write(LogLevel::kInfo, "c", {});
  logger.warn("d", {{"n", 1}});
  logger.error("e");
  const auto lines = pipe.read_lines(2);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].ends_with(R"("level":"warn","event":"d","n":1})")) << lines[0];
  EXPECT_TRUE(lines[1].ends_with(R"("level":"error","event":"e"})")) << lines[1];
}

TEST(Logger, wakes_from_a_long_sleep) {
  Pipe pipe;
  Logger logger({.descriptor = pipe.writer()});
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(milliseconds(120));  // past the gathering
    logger.info("woken", {{"i", i}});
    ASSERT_EQ(pipe.read_lines(1).size(), 1U);
  }
}

TEST(Logger, writes_what_is_left_when_it_ends) {
  Pipe pipe;
  {
    Logger logger({.descriptor = pipe.writer()});
    for (int i = 0; i < 300; ++i) logger.info("event", {{"i", i}});
  }
  const auto lines = pipe.read_all();
  ASSERT_EQ(lines.size(), 300U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_TRUE(lines[i].ends_with("\"i\":" + std::to_string(i) + "}")) << lines[i];
  }
}

TEST(Logger, keeps_every_thread_in_order_and_outlives_threads) {
  constexpr int kThreads = 4;
  constexpr int kEvents = 150;  // all of them fit into the pipe, which nobody reads yet
  Pipe pipe;
  {
    Logger logger({.descriptor = pipe.writer()});
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&logger, thread] {
        for (int i = 0; i < kEvents; ++i) logger.info("e", {{"thread", thread}, {"i", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(logger.dropped(), 0U);
  }
  std::vector<int> next(kThreads, 0);
  for (const std::string& line : pipe.read_all()) {
    const auto thread = static_cast<std::size_t>(line[line.find("\"thread\":") + 9] - '0');
    const std::string i = line.substr(line.find("\"i\":") + 4);
    EXPECT_EQ(i, std::to_string(next[thread]++) + "}");
  }
  EXPECT_EQ(next, std::vector<int>(kThreads, kEvents));
}

TEST(Logger, writes_all_that_a_thread_left_behind) {
  constexpr std::size_t kTiny = 1500;  // more than one pass takes of a ring
  Pipe pipe;
  Logger logger({.descriptor = pipe.writer()});
  const std::string text(400, 'x');
  for (int i = 0; i < 200; ++i) logger.info("plug", {{"text", text}});  // nobody reads the pipe
  std::thread([&logger] {
    for (std::size_t i = 0; i < kTiny; ++i) logger.info("tiny");
  }).join();

  std::size_t seen = 0;
  const auto give_up = steady_clock::now() + seconds(5);
  while (seen < kTiny && steady_clock::now() < give_up) {
    for (const std::string& line : pipe.read_lines(1)) seen += line.contains("tiny") ? 1 : 0;
  }
  EXPECT_EQ(seen, kTiny);
}

TEST(Logger, several_loggers_keep_their_events_apart) {
  Pipe one_pipe;
  Pipe other_pipe;
  {
    Logger one({.descriptor = one_pipe.writer()});
    Logger other({.descriptor = other_pipe.writer()});
    one.info("first");
    other.info("second");
    one.info("third");
  }
  EXPECT_EQ(one_pipe.read_all().size(), 2U);
  EXPECT_EQ(other_pipe.read_all().size(), 1U);
}

TEST(Logger, a_reader_that_is_gone_costs_lines_and_not_the_process) {
  Pipe pipe;
  pipe.close_reader();
  Logger logger({.descriptor = pipe.writer()});
  logger.error("lost");
  const auto give_up = steady_clock::now() + seconds(5);
  while (logger.dropped() == 0 && steady_clock::now() < give_up) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(logger.dropped(), 1U);
}

TEST(Logger, a_reader_that_sleeps_blocks_neither_writers_nor_the_end) {
  Pipe pipe;
  const auto begin = steady_clock::now();
  {
    Logger logger({.descriptor = pipe.writer()});
    const std::string text(500, 'x');
    // More than the pipe and the ring together can hold.
    for (int i = 0; i < 1000; ++i) logger.info("flood", {{"text", text}});
    EXPECT_GT(logger.dropped(), 0U);
  }
  EXPECT_LT(steady_clock::now() - begin, seconds(4));
}

TEST(Logger, a_non_blocking_descriptor_gets_every_line) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK), 0);
  std::vector<std::string> lines;
  Logger logger({.descriptor = pipe.writer()});
  const std::string text(400, 'x');
  for (int i = 0; i < 200; ++i) logger.info("e", {{"text", text}});  // past a pipe's 64 KiB
  lines = pipe.read_lines(200 - logger.dropped());
  EXPECT_GE(lines.size(), 100U);
  for (const std::string& line : lines) EXPECT_TRUE(line.ends_with("}")) << line;
}

TEST(Logger, tells_how_many_events_it_dropped) {
  Pipe pipe;
  std::uint64_t dropped = 0;
  {
    Logger logger({.descriptor = pipe.writer()});
    const std::string text(500, 'x');
    for (int i = 0; i < 1000; ++i) logger.info("flood", {{"text", text}});
    dropped = logger.dropped();
    ASSERT_GT(dropped, 0U);
    std::uint64_t told = 0;
    const auto give_up = steady_clock::now() + seconds(5);
    while (told < dropped && steady_clock::now() < give_up) {
      for (const std::string& line : pipe.read_lines(1)) {
        const auto at = line.find(R"("event":"log.dropped","count":)");
        if (at != std::string::npos) told += std::stoull(line.substr(at + 30));
      }
    }
    EXPECT_EQ(told, dropped);
  }
}

TEST(Logger, speaks_to_people_on_a_terminal) {
  int primary = -1;
  int terminal = -1;
  ASSERT_EQ(::openpty(&primary, &terminal, nullptr, nullptr, nullptr), 0);
  {
    Logger logger({.descriptor = terminal});
    logger.info("hello", {{"n", 1}});
  }
  char bytes[512] = {};
  const ssize_t size = ::read(primary, bytes, sizeof bytes);
  ASSERT_GT(size, 0);
  const std::string_view line(bytes, static_cast<std::size_t>(size));
  EXPECT_NE(line.find("INFO "), std::string_view::npos) << line;
  EXPECT_EQ(line.find('{'), std::string_view::npos) << line;
  ::close(primary);
  ::close(terminal);
}

}  // namespace
}  // namespace ringtalk::reactor
