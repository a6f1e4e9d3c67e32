// The report as one page that needs nothing else: style and plots are in it, it fetches nothing and
// runs no script, and follows the reader's light or dark setting. Of one run, or of several laid
// over each other. Pure.
#pragma once

#include <span>
#include <string>

#include "loadgen/output/plots.h"

namespace ringtalk::loadgen {

[[nodiscard]] std::string html_report(std::span<const NamedRun> runs);

}  // namespace ringtalk::loadgen
