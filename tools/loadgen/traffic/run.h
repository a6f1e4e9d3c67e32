// run(): what `ringtalk-loadgen PROFILE …` does: measures (with --find-max again and again),
// judges, and writes the reports. Main's thread, before any other was started.
#pragma once

#include "loadgen/plan.h"

namespace ringtalk::loadgen {

/// The exit code of the program. Errors and the live line go to standard error.
[[nodiscard]] int run(const Plan& plan);

}  // namespace ringtalk::loadgen
