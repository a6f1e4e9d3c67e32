// The commands that work on reports alone: `report` and `compare`. Main thread; they read and write
// files and standard output, and give the exit code.
#pragma once

#include "loadgen/options/command_line.h"

namespace ringtalk::loadgen {

[[nodiscard]] int run_report(const ReportCommand& command);
[[nodiscard]] int run_compare(const CompareCommand& command);

}  // namespace ringtalk::loadgen
