// The plots of one run, or of several laid over each other: percentiles on an axis of nines, rate
// and latency over time. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "loadgen/measure/run_result.h"
#include "loadgen/output/svg_plot.h"

namespace ringtalk::loadgen {

struct NamedRun {
  std::string name;  // of its file, or of its profile
  const RunResult* result = nullptr;
};

/// All that there is something to draw of.
[[nodiscard]] std::vector<SvgPlot> plots_of(std::span<const NamedRun> runs);

/// Where a percentile lies on the axis of nines: 0 → 0, 90 → 1, 99 → 2, 99.9 → 3.
[[nodiscard]] double nines_of(double percent);

}  // namespace ringtalk::loadgen
