#include "loadgen/measure/validity.h"

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

void check_cpu(const RunResult& result, std::vector<std::string>& reasons) {
  const double share = result.generator.cpu_of_busiest_thread;
  if (share <= kThreadCpuMax) return;
  reasons.push_back(fmt::format(
      "the generator's busiest thread computed {:.0f} % of the time (at most {:.0f} %): "
      "give it more --threads or cores, or a lower rate",
      share * 100, kThreadCpuMax * 100));
}

void check_schedule(const RunResult& result, std::vector<std::string>& reasons) {
  const std::uint64_t left = result.total.of(Series::kLag).count();
  const auto wanted = static_cast<double>(result.wanted);
  if (static_cast<double>(left) >= wanted * kSentShareMin) return;
  reasons.push_back(fmt::format(
      "of {} sends that the schedule wanted {} left ({:.1f} %, at least {:.0f} %): the generator, "
      "or "
      "its connections, did not keep up; take more --threads or --users, or a lower rate",
      result.wanted, left, 100 * static_cast<double>(left) / wanted, kSentShareMin * 100));
}

void check_lag(const RunResult& result, std::vector<std::string>& reasons) {
  const Histogram::Duration lag = result.total.of(Series::kLag).percentile(99);
  const Series series = main_series(result);
  const Histogram::Duration whole = result.total.of(series).percentile(99);
  if (lag <= kLagAlwaysFine || whole == Histogram::Duration{}) return;
  const double share = static_cast<double>(lag.count()) / static_cast<double>(whole.count());
  if (share <= kLagShareMax) return;
  reasons.push_back(fmt::format(
      "the generator's own lag, p99 {}, is more than half of {}.p99, {}: the machine is "
      "too busy for it; run it on another one, or with fewer --threads than cores",
      show_duration(lag), name_of(series), show_duration(whole)));
}

}  // namespace

Series main_series(const RunResult& result) {
  for (const Series series : {Series::kDeliver, Series::kAck, Series::kRequest, Series::kPage,
                              Series::kResume, Series::kConnect})
    if (result.total.of(series).count() != 0) return series;
  return Series::kAck;
}

std::vector<std::string> reasons_of_invalidity(const RunResult& result) {
  std::vector<std::string> reasons;
  check_cpu(result, reasons);
  if (result.is_closed_loop) return reasons;
  check_schedule(result, reasons);
  check_lag(result, reasons);
  return reasons;
}

}  // namespace ringtalk::loadgen
