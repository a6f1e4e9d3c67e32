#include "app/metrics/prometheus_text.h"

#include <fmt/format.h>

#include <cassert>
#include <iterator>
#include <utility>

namespace ringtalk::app::metrics {

namespace {

std::string_view word_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  std::unreachable();
}

void append_label(std::string& out, const Label& label) {
  out.append(label.name).append("=\"");
  for (const char c : label.value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  out += "\",";  // a comma behind the last one is allowed
}

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void PrometheusText::begin(const Family& family) {
  name_ = family.name;
  fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", family.name, family.help,
                 family.name, word_of(family.type));
}

void PrometheusText::sample(Labels labels, std::uint64_t value) {
  write_name({}, labels, {});
  fmt::format_to(std::back_inserter(out_), " {}\n", value);
}

void PrometheusText::sample(Labels labels, double value) {
  write_name({}, labels, {});
  fmt::format_to(std::back_inserter(out_), " {}\n", value);
}

void PrometheusText::histogram(Labels labels, const Buckets& buckets) {
  assert(buckets.counts.size() == buckets.bounds_us.size() + 1);
  std::uint64_t up_to_here = 0;
  for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
    const bool is_last = i == buckets.bounds_us.size();
    up_to_here += buckets.counts[i];
    const std::string le =
        is_last ? "+Inf" : fmt::format("{}", static_cast<double>(buckets.bounds_us[i]) / 1e6);
    write_name("_bucket", labels, le);
    fmt::format_to(std::back_inserter(out_), " {}\n", up_to_here);
  }
  write_name("_sum", labels, {});
  fmt::format_to(std::back_inserter(out_), " {}\n", seconds_of(buckets.sum));
  write_name("_count", labels, {});
  fmt::format_to(std::back_inserter(out_), " {}\n", up_to_here);
}

void PrometheusText::write_name(std::string_view suffix, Labels labels, std::string_view le) {
  out_.append(name_).append(suffix);
  if (labels.size() == 0 && le.empty()) return;
  out_ += '{';
  for (const Label& label : labels) append_label(out_, label);
  if (!le.empty()) append_label(out_, {.name = "le", .value = le});
  out_ += '}';
}

}  // namespace ringtalk::app::metrics
