#include "loadgen/measure/threshold.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

using Comparison = Threshold::Comparison;

constexpr std::array<std::pair<std::string_view, Comparison>, 5> kComparisons{
    {{"<=", Comparison::kAtMost},  // before what it begins with
     {">=", Comparison::kAtLeast},
     {"<", Comparison::kLess},
     {">", Comparison::kMore},
     {"=", Comparison::kEqual}}};

bool is_error_count(const Quantity& quantity) {
  return quantity.kind == Quantity::Kind::kCount && quantity.counter == Counter::kErrors;
}

// False, with the reason in `words`, when it is no limit of such a quantity.
bool read_limit(std::string_view text, Threshold& into, std::string& words) {
  if (into.quantity.is_duration()) {
    const auto duration = read_duration(text);
    if (duration) into.limit = static_cast<double>(duration->count());
    words = fmt::format("\"{}\" is no duration; write a number and ns, us, ms, s, min or h", text);
    return duration.has_value();
  }
  if (text.ends_with('%')) {
    into.is_of_attempts = true;
    text.remove_suffix(1);
    if (!is_error_count(into.quantity)) {
      words = "a share in percent can be asked of errors alone; write a number";
      return false;
    }
  }
  const auto number = read_decimal(text);
  if (number) into.limit = *number;
  words = fmt::format("\"{}\" is no number{}", text,
                      is_error_count(into.quantity) ? "; write 10 or 0.1%" : "");
  return number.has_value();
}

// Of all that could go wrong.
double percent_of_attempts(const RunResult& result) {
  const auto of = [&](Counter counter) { return static_cast<double>(result.total.of(counter)); };
  const double attempts = of(Counter::kSent) + of(Counter::kRequests) + of(Counter::kConnected);
  const double errors = of(Counter::kErrors);
  return errors == 0 ? 0 : 100 * errors / std::max(errors, attempts);
}

}  // namespace

bool holds(double value, Comparison comparison, double limit) {
  switch (comparison) {
    case Comparison::kLess:
      return value < limit;
    case Comparison::kAtMost:
      return value <= limit;
    case Comparison::kMore:
      return value > limit;
    case Comparison::kAtLeast:
      return value >= limit;
    case Comparison::kEqual:
      break;
  }
  return value == limit;
}

std::expected<Threshold, TextFault> parse_threshold(std::string_view text,
                                                    std::string_view default_series) {
  const std::size_t at = text.find_first_of("<>=");
  if (at == std::string_view::npos)
    return std::unexpected(TextFault{.position = text.size(),
                                     .words = "a comparison is missing; allowed are < <= > >= ="});
  auto quantity = parse_quantity(text.substr(0, at), default_series);
  if (!quantity) return std::unexpected(std::move(quantity.error()));
  Threshold threshold{.text = std::string(text), .quantity = std::move(*quantity)};
  std::string_view limit = text.substr(at);
  for (const auto& [sign, comparison] : kComparisons) {
    if (!limit.starts_with(sign)) continue;
    limit.remove_prefix(sign.size());
    threshold.comparison = comparison;
    break;
  }
  std::string words;
  if (read_limit(limit, threshold, words)) return threshold;
  return std::unexpected(
      TextFault{.position = text.size() - limit.size(), .words = std::move(words)});
}

ThresholdOutcome Threshold::judge(const RunResult& result) const {
  if (is_of_attempts) {
    const double percent = percent_of_attempts(result);
    return {.text = text,
            .measured = fmt::format("{:.3f}%", percent),
            .held = holds(percent, comparison, limit)};
  }
  const auto value = quantity.of(result);
  if (!value) return {.text = text, .measured = "not measured", .held = false};
  return {
      .text = text, .measured = quantity.show(*value), .held = holds(*value, comparison, limit)};
}

}  // namespace ringtalk::loadgen
