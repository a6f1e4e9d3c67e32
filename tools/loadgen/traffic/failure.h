// Failure: why there is no result, in words for the user, with the exit code of the program. A
// value. The words say what went wrong, where, and what to do.
#pragma once

#include <string>

namespace ringtalk::loadgen {

inline constexpr int kUsage = 2;
inline constexpr int kUnreachable = 69;
inline constexpr int kInterrupted = 130;

struct Failure {
  int exit_code = kUnreachable;
  std::string words;
};

}  // namespace ringtalk::loadgen
