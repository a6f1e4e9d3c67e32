// LiveLine: how the run goes, while it goes: on a terminal one line a second that is written over;
// on a pipe or in a file a line each ten seconds. Made by main; its thread. It gives texts and
// writes nothing itself.
#pragma once

#include <string>
#include <string_view>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

class LiveLine {
 public:
  explicit LiveLine(bool is_terminal) : is_terminal_(is_terminal) {}

  /// What to write now; may be empty.
  [[nodiscard]] std::string step(std::string_view words);  // "connecting 50 of 100 users"
  [[nodiscard]] std::string second(const Second& second);
  /// Leaves the terminal's line, before anything else is written.
  [[nodiscard]] std::string finish();

  static constexpr std::int64_t kQuietSeconds = 10;

 private:
  [[nodiscard]] std::string show(std::string line);

  bool is_terminal_;
  bool is_within_line_ = false;
};

}  // namespace ringtalk::loadgen
