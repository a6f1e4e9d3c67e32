// The load generator's conditions under arbitrary text: thresholds and limits of changes.
// What must hold: nothing crashes; a fault points into the text; a condition that was understood
// can be judged, on a result that has nothing, and on one that has something.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "loadgen/measure/duration_text.h"
#include "loadgen/measure/threshold.h"
#include "loadgen/output/comparison.h"

namespace {

using namespace ringtalk::loadgen;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_fault(const TextFault& fault, std::string_view text) {
  require(fault.position <= text.size() && !fault.words.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const RunResult nothing;
  static const RunResult something = [] {
    RunResult result;
    for (Histogram& histogram : result.total.series) histogram.record(std::chrono::milliseconds(5));
    result.total.counters.fill(7);
    result.figures["x"] = 1e300;
    result.measured = std::chrono::seconds(1);
    return result;
  }();
  if (const auto duration = read_duration(text))
    require(read_duration(write_duration(*duration)) == duration);
  if (const auto threshold = parse_threshold(text, "ack")) {
    require(threshold->judge(nothing).text == text);
    require(!threshold->judge(something).measured.empty());
  } else {
    check_fault(threshold.error(), text);
  }
  if (const auto limit = parse_change_limit(text)) {
    static_cast<void>(limit->judge({.before = nothing, .after = something}));
    require(limit->judge({.before = something, .after = something}).text == text);
  } else {
    check_fault(limit.error(), text);
  }
  return 0;
}
