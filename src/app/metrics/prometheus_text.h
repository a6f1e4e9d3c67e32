// PrometheusText: writes metrics in Prometheus' text format 0.0.4 at the end of a string. On the
// stack of whoever writes. Names and help texts are literals of ours and need no escapes; values of
// labels get theirs. All samples of a family follow its head at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace ringtalk::app::metrics {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct Label {
  std::string_view name;
  std::string_view value;
};
using Labels = std::initializer_list<Label>;

struct Family {
  std::string_view name;
  MetricType type = MetricType::kCounter;
  std::string_view help;
};

/// Buckets that hold their own counts alone; `counts` has one more than `bounds_us`.
struct Buckets {
  std::span<const std::int64_t> bounds_us;
  std::span<const std::uint64_t> counts;
  std::chrono::nanoseconds sum{};
};

class PrometheusText {
 public:
  explicit PrometheusText(std::string& out) : out_(out) {}

  void begin(const Family& family);
  void sample(Labels labels, std::uint64_t value);
  void sample(Labels labels, double value);
  void histogram(Labels labels, const Buckets& buckets);

  /// A family of one sample.
  template <class Value>
  void single(const Family& family, Value value) {
    begin(family);
    sample({}, value);
  }

 private:
  void write_name(std::string_view suffix, Labels labels, std::string_view le);

  std::string& out_;
  std::string_view name_;  // of the family that was begun
};

}  // namespace ringtalk::app::metrics
