// Where and when a run was made: program, command line, machine; and what this process may have of
// it. Pure readings, main's thread.
#pragma once

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

/// What cannot be found out stays empty.
[[nodiscard]] Environment this_environment();

/// As many descriptors as the system lets us have without asking: a connection takes one.
void raise_descriptor_limit();

}  // namespace ringtalk::loadgen
