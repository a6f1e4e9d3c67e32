// The report for people at a terminal: the verdict first, then rates, latencies, delivery, the
// generator's own lag and CPU. Lines of up to 100 columns, without colours. Pure.
#pragma once

#include <string>

#include "loadgen/measure/run_result.h"

namespace ringtalk::loadgen {

[[nodiscard]] std::string text_report(const RunResult& result);

/// One row of a latency table and its head, as text_report() has it.
[[nodiscard]] std::string latency_head();
[[nodiscard]] std::string latency_row(std::string_view name, const Histogram& histogram);

/// Three digits with B, KiB, MiB, GiB or TiB.
[[nodiscard]] std::string show_bytes(double bytes);

}  // namespace ringtalk::loadgen
