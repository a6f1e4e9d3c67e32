// Verdict: a run in one word, and in one sentence. The words belong to the exit codes of
// run_result.h, one each. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

enum class Verdict : std::uint8_t { kGood, kViolated, kInterrupted, kInvalid, kThreshold };

[[nodiscard]] Verdict verdict_of(const RunResult& result);
/// "good", "violated", "interrupted", "invalid", "threshold".
[[nodiscard]] std::string_view name_of(Verdict verdict);
/// "DELIVERY VIOLATED: 3 lost, 1 doubled".
[[nodiscard]] std::string sentence_of(const RunResult& result);

/// Open loop: so large a part of what was sent had no ack when sending ended that the server cannot
/// have kept up with the rate.
inline constexpr double kUnansweredShareMax = 0.02;
/// Says so, in a sentence; empty when it kept up.
[[nodiscard]] std::string note_on_backlog(const RunResult& result);

}  // namespace ringtalk::loadgen
