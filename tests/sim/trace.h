// Trace: what has happened in one simulated history, line by line: the last lines for people, and a
// hash over all of them, by which two runs of one seed are compared. Owned by the world; one
// thread.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "reactor/sim_backend.h"

namespace ringtalk::sim {

class Trace {
 public:
  static constexpr std::size_t kLinesKept = 20'000;

  explicit Trace(reactor::SimClock& clock) : clock_(clock) {}

  template <class... Values>
  void note(fmt::format_string<Values...> format, Values&&... values) {
    add(fmt::format(format, std::forward<Values>(values)...));
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] const std::deque<std::string>& last_lines() const { return lines_; }

 private:
  void add(std::string&& text);

  reactor::SimClock& clock_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::deque<std::string> lines_;
};

}  // namespace ringtalk::sim
