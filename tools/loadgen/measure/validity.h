// Whether a run says anything of the server, or only of the generator and the machine under it.
// Three rules; each that is broken makes the run invalid. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

/// 1. A thread that computes more than this share of the window has no time to look when something
///    came, and what it measures is its own queue.
inline constexpr double kThreadCpuMax = 0.95;
/// 2. Open loop: less than this share of what the schedule wanted within the window left at all.
inline constexpr double kSentShareMin = 0.99;
/// 3. Latencies run from the intended time, so that the generator's lag is part of each. Its p99
/// may
///    be half of the p99 of what was measured; up to kLagAlwaysFine it may be anything.
inline constexpr double kLagShareMax = 0.5;
inline constexpr std::chrono::nanoseconds kLagAlwaysFine = std::chrono::milliseconds(1);

/// In words, with what to do about it; empty: the run is valid. Closed loops have no schedule:
/// rules 2 and 3 are not asked of them.
[[nodiscard]] std::vector<std::string> reasons_of_invalidity(const RunResult& result);

/// The series that the run is about: deliver, ack, request, page, resume, connect: the first that
/// has values; kAck when none has.
[[nodiscard]] Series main_series(const RunResult& result);

}  // namespace ringtalk::loadgen
