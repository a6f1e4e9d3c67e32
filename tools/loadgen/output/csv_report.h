// The seconds of a run as CSV (RFC 4180): a row each, warm-up included. Durations in milliseconds,
// empty where nothing was measured. Pure.
#pragma once

#include <string>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

[[nodiscard]] std::string csv_report(const RunResult& result);

}  // namespace ringtalk::loadgen
