// read_json_report under arbitrary bytes, as a file that somebody names could hold.
// What must hold: nothing crashes; a report that was read is the same when it is written out and
// read again, and can be shown as text, CSV and HTML.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "loadgen/output/comparison.h"
#include "loadgen/output/csv_report.h"
#include "loadgen/output/html_report.h"
#include "loadgen/output/json_report.h"
#include "loadgen/output/text_report.h"

namespace {

using namespace ringtalk::loadgen;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto report = read_json_report(text);
  if (!report) {
    require(!report.error().empty());
    return 0;
  }
  const std::string written = json_report(*report);
  const auto again = read_json_report(written);
  require(again.has_value() && json_report(*again) == written);
  require(!text_report(*report).empty() && !csv_report(*report).empty());
  require(!comparison_text({.before = *report, .after = *again}).empty());
  const std::array runs{NamedRun{.name = "one", .result = &*report},
                        NamedRun{.name = "two", .result = &*again}};
  require(!html_report(std::span(runs).first(1)).empty() && !html_report(runs).empty());
  return 0;
}
