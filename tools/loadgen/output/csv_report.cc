#include "loadgen/output/csv_report.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace ringtalk::loadgen {

namespace {

constexpr std::array<std::pair<std::string_view, Percentiles Second::*>, 4> kSeries{
    {{"ack", &Second::ack},
     {"deliver", &Second::deliver},
     {"request", &Second::request},
     {"lag", &Second::lag}}};
constexpr std::array<std::pair<std::string_view, std::chrono::nanoseconds Percentiles::*>, 5>
    kPercentiles{{{"p50", &Percentiles::p50},
                  {"p90", &Percentiles::p90},
                  {"p99", &Percentiles::p99},
                  {"p999", &Percentiles::p999},
                  {"max", &Percentiles::max}}};

}  // namespace

std::string csv_report(const RunResult& result) {
  std::string out = "second,warmup";
  for (std::size_t index = 0; index < kCounterCount; ++index)
    out += fmt::format(",{}", name_of(static_cast<Counter>(index)));
  out += ",connections,generator_cpu";
  for (const auto& [series, unused] : kSeries)
    for (const auto& [percentile, unused_too] : kPercentiles)
      out += fmt::format(",{}_{}_ms", series, percentile);
  out += "\r\n";
  for (const Second& second : result.seconds) {
    out += fmt::format("{},{}", second.second, second.is_warmup ? 1 : 0);
    for (const std::uint64_t counter : second.counters) out += fmt::format(",{}", counter);
    out += fmt::format(",{},{:.3f}", second.connections, second.generator_cpu);
    for (const auto& [series, percentiles] : kSeries)
      for (const auto& [name, member] : kPercentiles) {
        out += ',';
        if ((second.*percentiles).max.count() != 0)
          out += fmt::format("{:.4f}",
                             static_cast<double>((second.*percentiles.*member).count()) / 1e6);
      }
    out += "\r\n";
  }
  return out;
}

}  // namespace ringtalk::loadgen
