// The report as JSON, schema "ringtalk-loadgen/1": docs/loadgen-report.md and report.schema.json
// tell its members. Written whole enough that a result which is read back is the one that was
// written, histograms included. Pure; main thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

inline constexpr std::string_view kReportSchema = "ringtalk-loadgen/1";

[[nodiscard]] std::string json_report(const RunResult& result);

/// The error names the member: "latency.ack.buckets: is missing".
[[nodiscard]] std::expected<RunResult, std::string> read_json_report(std::string_view json);

}  // namespace ringtalk::loadgen
