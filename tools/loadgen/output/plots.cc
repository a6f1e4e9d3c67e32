#include "loadgen/output/plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

constexpr double kNinesMax = 6;
constexpr std::array<const char*, 7> kNineLabels{"0",     "90",     "99",     "99.9",
                                                 "99.99", "99.999", "99.9999"};
constexpr std::size_t kMarksMax = 200;
constexpr std::size_t kPointsMax = 2'000;

struct Range {
  double min = 1e300, max = 0;
  void take(double value) {
    if (value <= 0) return;
    min = std::min(min, value);
    max = std::max(max, value);
  }
};

// --- percentiles ---

PlotLine percentile_line(std::string name, const Histogram& histogram) {
  PlotLine line{.name = std::move(name), .is_stepped = false};
  const double end = std::clamp(std::log10(static_cast<double>(histogram.count())), 1.0, kNinesMax);
  const auto at = [&](double nines) {
    return static_cast<double>(histogram.percentile(100 * (1 - std::pow(10, -nines))).count());
  };
  for (double nines = 0; nines < end; nines += 0.02)
    line.points.push_back({.x = nines, .y = at(nines)});
  line.points.push_back({.x = end, .y = static_cast<double>(histogram.max().count())});
  for (const double percent : {50.0, 90.0, 99.0, 99.9, 99.99, 99.999}) {
    if (nines_of(percent) > end) break;
    const auto value = histogram.percentile(percent);
    line.marks.push_back(
        {.at = {.x = nines_of(percent), .y = static_cast<double>(value.count())},
         .words = fmt::format("{} p{:.6g}: {}", line.name, percent, show_duration(value))});
  }
  return line;
}

SvgPlot percentile_plot(std::string title, std::vector<PlotLine> lines) {
  Range range;
  double end = 1;
  for (const PlotLine& line : lines) {
    for (const PlotPoint& point : line.points) range.take(point.y);
    end = std::max(end, line.points.back().x);
  }
  SvgPlot plot{.title = std::move(title), .lines = std::move(lines)};
  plot.x = {.title = "percentile", .max = end};
  for (std::size_t nines = 0; nines <= static_cast<std::size_t>(end + 1e-9); ++nines)
    plot.x.ticks.push_back({.at = static_cast<double>(nines), .label = kNineLabels[nines]});
  plot.y = duration_axis("latency", range.min, range.max);
  return plot;
}

std::vector<SvgPlot> percentile_plots(std::span<const NamedRun> runs) {
  std::vector<SvgPlot> plots;
  std::vector<PlotLine> of_one;
  for (const Series series : {Series::kDeliver, Series::kAck, Series::kRequest, Series::kPage,
                              Series::kResume, Series::kConnect, Series::kReady, Series::kLag}) {
    std::vector<PlotLine> of_series;
    for (std::size_t index = 0; index < runs.size(); ++index) {
      const Histogram& histogram = runs[index].result->total.of(series);
      if (histogram.count() == 0) continue;
      const bool is_alone = runs.size() == 1;
      PlotLine line =
          percentile_line(is_alone ? std::string(name_of(series)) : runs[index].name, histogram);
      line.colour = is_alone ? of_one.size() : index;
      line.is_dashed = is_alone && series == Series::kLag;
      if (line.is_dashed) line.name = "the generator's own lag";
      (is_alone ? of_one : of_series).push_back(std::move(line));
    }
    if (!of_series.empty())
      plots.push_back(
          percentile_plot(fmt::format("Percentiles of {}", name_of(series)), std::move(of_series)));
  }
  if (!of_one.empty()) plots.push_back(percentile_plot("Percentiles", std::move(of_one)));
  return plots;
}

// --- over time ---

using ValueOf = double (*)(const Second&);

std::string show_value(double value, bool is_duration) {
  if (!is_duration) return fmt::format("{:.6g}", value);
  return show_duration(std::chrono::nanoseconds(static_cast<std::int64_t>(value)));
}

// A long run has several seconds to a point: the longest duration of them, so that no spike is
// lost, and of rates the mean.
PlotLine time_line(std::string name, const RunResult& result, ValueOf value_of, bool is_duration) {
  PlotLine line{.name = std::move(name)};
  const std::size_t group = result.seconds.size() / kPointsMax + 1;
  const std::size_t stride = result.seconds.size() / group / kMarksMax + 1;
  for (std::size_t index = 0; index < result.seconds.size(); index += group) {
    const std::size_t end = std::min(index + group, result.seconds.size());
    double sum = 0, longest = 0;
    for (std::size_t each = index; each < end; ++each) {
      sum += value_of(result.seconds[each]);
      longest = std::max(longest, value_of(result.seconds[each]));
    }
    if (is_duration && longest == 0) continue;  // nothing was measured in this time
    const double value = is_duration ? longest : sum / static_cast<double>(end - index);
    const std::int64_t second = result.seconds[index].second;
    const PlotPoint point{.x = static_cast<double>(second) + static_cast<double>(group) / 2,
                          .y = value};
    line.points.push_back(point);
    if (index / group % stride == 0)
      line.marks.push_back({.at = point,
                            .words = fmt::format("{}, second {}: {}", line.name, second,
                                                 show_value(value, is_duration))});
  }
  return line;
}

template <Counter kWhich>
double count_in(const Second& second) {
  return static_cast<double>(second.counters[static_cast<std::size_t>(kWhich)]);
}

template <Percentiles Second::* kSeries, std::chrono::nanoseconds Percentiles::* kPercentile>
double duration_in(const Second& second) {
  return static_cast<double>((second.*kSeries.*kPercentile).count());
}

struct TimeSeries {
  std::string_view name;
  ValueOf value_of;
};

bool has_values(const PlotLine& line) {
  return std::ranges::any_of(line.points, [](const PlotPoint& point) { return point.y > 0; });
}

SvgPlot time_plot(std::string title, std::span<const NamedRun> runs,
                  std::span<const TimeSeries> series, bool is_duration) {
  SvgPlot plot{.title = std::move(title)};
  Range range;
  double last = 1;
  for (std::size_t index = 0; index < runs.size(); ++index) {
    const RunResult& result = *runs[index].result;
    for (const TimeSeries& each : series) {
      std::string name = runs.size() == 1     ? std::string(each.name)
                         : series.size() == 1 ? runs[index].name
                                              : fmt::format("{} {}", runs[index].name, each.name);
      PlotLine line = time_line(std::move(name), result, each.value_of, is_duration);
      if (!has_values(line)) continue;
      line.colour = runs.size() == 1 ? plot.lines.size() : index;
      for (const PlotPoint& point : line.points) {
        range.take(point.y);
        last = std::max(last, point.x + 0.5);
      }
      plot.lines.push_back(std::move(line));
    }
    for (const Second& second : result.seconds)
      if (second.is_warmup && runs.size() == 1)
        plot.shaded_until = static_cast<double>(second.second) + 1;
  }
  plot.x = seconds_axis(last);
  plot.y = is_duration ? duration_axis("latency", range.min, range.max)
                       : linear_axis("a second", range.max);
  return plot;
}

void add_time_plots(std::vector<SvgPlot>& plots, std::span<const NamedRun> runs) {
  using enum Counter;
  const bool is_alone = runs.size() == 1;
  const TimeSeries rates[]{{"sent", count_in<kSent>},           {"acked", count_in<kAcked>},
                           {"delivered", count_in<kDelivered>}, {"requests", count_in<kRequests>},
                           {"connected", count_in<kConnected>}, {"errors", count_in<kErrors>}};
  // Of several runs one series a plot, or nobody can read it.
  const auto add = [&](std::string title, std::span<const TimeSeries> series, bool is_duration) {
    SvgPlot plot = time_plot(std::move(title), runs, series, is_duration);
    if (!plot.lines.empty()) plots.push_back(std::move(plot));
  };
  if (is_alone) {
    add("Rate over time", rates, false);
  } else {
    for (const std::size_t index : {1U, 3U})
      add(fmt::format("Rate over time: {}", rates[index].name), std::span(&rates[index], 1), false);
  }
  const auto add_latency = [&]<Percentiles Second::* kSeries>(std::string_view name) {
    const TimeSeries lines[]{{"p50", duration_in<kSeries, &Percentiles::p50>},
                             {"p99", duration_in<kSeries, &Percentiles::p99>},
                             {"max", duration_in<kSeries, &Percentiles::max>}};
    if (is_alone)
      add(fmt::format("Latency over time: {}", name), lines, true);
    else
      add(fmt::format("Latency over time: {} p99", name), std::span(&lines[1], 1), true);
  };
  add_latency.operator()<&Second::deliver>("deliver");
  add_latency.operator()<&Second::ack>("ack");
  add_latency.operator()<&Second::request>("request");
}

}  // namespace

double nines_of(double percent) {
  return -std::log10(1 - percent / 100);
}

std::vector<SvgPlot> plots_of(std::span<const NamedRun> runs) {
  std::vector<SvgPlot> plots = percentile_plots(runs);
  add_time_plots(plots, runs);
  return plots;
}

}  // namespace ringtalk::loadgen
