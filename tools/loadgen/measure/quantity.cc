#include "loadgen/measure/quantity.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

using Kind = Quantity::Kind;
using Account = std::pair<std::string_view, std::uint64_t Accounts::*>;

constexpr std::array<Account, 6> kAccounts{{{"expected", &Accounts::expected},
                                            {"lost", &Accounts::lost},
                                            {"doubled", &Accounts::doubled},
                                            {"reordered", &Accounts::reordered},
                                            {"holes", &Accounts::holes},
                                            {"unchecked", &Accounts::unchecked}}};
constexpr std::string_view kFigurePrefix = "figure:";
constexpr std::string_view kStatistics = "p50, p99, p99.9 (any percentile), min, mean, max";

std::optional<Counter> counter_named(std::string_view name) {
  for (std::size_t index = 0; index < kCounterCount; ++index)
    if (name_of(static_cast<Counter>(index)) == name) return static_cast<Counter>(index);
  return std::nullopt;
}

std::string all_names() {
  std::vector<std::string_view> names;
  for (std::size_t index = 0; index < kSeriesCount; ++index)
    names.push_back(name_of(static_cast<Series>(index)));
  std::string text =
      fmt::format("a series ({}) with a statistic ({})", fmt::join(names, ", "), kStatistics);
  names.clear();
  for (std::size_t index = 0; index < kCounterCount; ++index)
    names.push_back(name_of(static_cast<Counter>(index)));
  text += fmt::format(", a counter ({}), alone or with .rate", fmt::join(names, ", "));
  names.clear();
  for (const Account& account : kAccounts) names.push_back(account.first);
  return text + fmt::format(", an account ({}), or figure:NAME", fmt::join(names, ", "));
}

// False when it is no statistic.
bool read_statistic(std::string_view text, Quantity& into) {
  if (text == "min") {
    into.kind = Kind::kMin;
    return true;
  }
  if (text == "mean") {
    into.kind = Kind::kMean;
    return true;
  }
  into.kind = Kind::kPercentile;
  into.percent = 100;
  if (text == "max") return true;
  if (!text.starts_with('p')) return false;
  const auto percent = read_decimal(text.substr(1));
  if (!percent || *percent > 100) return false;
  into.percent = *percent;
  return true;
}

std::expected<Quantity, TextFault> of_series(Series series, std::string_view statistic,
                                             std::size_t position, Quantity quantity) {
  quantity.series = series;
  if (read_statistic(statistic, quantity)) return quantity;
  return std::unexpected(TextFault{
      .position = position,
      .words = fmt::format("\"{}\" is no statistic; allowed are {}", statistic, kStatistics)});
}

std::expected<Quantity, TextFault> of_figure(std::string_view figure, Quantity quantity) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  const std::size_t odd = figure.find_first_not_of(kAllowed);
  if (figure.empty() || odd != std::string_view::npos)
    return std::unexpected(
        TextFault{.position = kFigurePrefix.size() + (figure.empty() ? 0 : odd),
                  .words = "the name of a figure is wanted, of small letters, digits and _"});
  quantity.kind = Kind::kFigure;
  quantity.figure = figure;
  return quantity;
}

}  // namespace

std::optional<Series> series_named(std::string_view name) {
  for (std::size_t index = 0; index < kSeriesCount; ++index)
    if (name_of(static_cast<Series>(index)) == name) return static_cast<Series>(index);
  return std::nullopt;
}

std::expected<Quantity, TextFault> parse_quantity(std::string_view text,
                                                  std::string_view default_series) {
  Quantity quantity{.name = std::string(text)};
  if (text.starts_with(kFigurePrefix))
    return of_figure(text.substr(kFigurePrefix.size()), std::move(quantity));
  if (const auto series = series_named(default_series); series && read_statistic(text, quantity)) {
    quantity.series = *series;
    quantity.name = fmt::format("{}.{}", default_series, text);
    return quantity;
  }
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view subject = text.substr(0, dot);
  const std::string_view rest = text.substr(std::min(dot + 1, text.size()));
  if (const auto series = series_named(subject))
    return of_series(*series, rest, std::min(dot + 1, text.size()), std::move(quantity));
  if (const auto counter = counter_named(subject)) {
    quantity.counter = *counter;
    quantity.kind = dot == text.size() ? Kind::kCount : Kind::kRate;
    if (quantity.kind == Kind::kCount || rest == "rate") return quantity;
    return std::unexpected(TextFault{
        .position = dot + 1,
        .words = fmt::format("\"{}\" cannot be asked of a counter; allowed is rate", rest)});
  }
  for (const auto& [name, account] : kAccounts) {
    if (name != text) continue;
    quantity.kind = Kind::kAccount;
    quantity.account = account;
    return quantity;
  }
  return std::unexpected(
      TextFault{.position = 0,
                .words = fmt::format("\"{}\" is not known; wanted is {}", subject, all_names())});
}

std::optional<double> Quantity::of(const RunResult& result) const {
  const Histogram& histogram = result.total.of(series);
  const auto in_ns = [](Histogram::Duration duration) {
    return static_cast<double>(duration.count());
  };
  if (is_duration() && histogram.count() == 0) return std::nullopt;
  switch (kind) {
    case Kind::kPercentile:
      return in_ns(histogram.percentile(percent));
    case Kind::kMin:
      return in_ns(histogram.min());
    case Kind::kMean:
      return in_ns(histogram.mean());
    case Kind::kCount:
      return static_cast<double>(result.total.of(counter));
    case Kind::kRate:
      return result.rate_of(counter);
    case Kind::kAccount:
      return static_cast<double>(result.accounts.*account);
    case Kind::kFigure:
      break;
  }
  const auto found = result.figures.find(figure);
  return found == result.figures.end() ? std::nullopt : std::optional(found->second);
}

std::string Quantity::show(double value) const {
  if (is_duration())
    return show_duration(std::chrono::nanoseconds(static_cast<std::int64_t>(value)));
  if (kind == Kind::kRate) return fmt::format("{:.1f}/s", value);
  return fmt::format("{:.{}f}", value,
                     value == static_cast<double>(static_cast<std::int64_t>(value)) ? 0 : 2);
}

std::string in_words(std::string_view option, std::string_view text, const TextFault& fault) {
  return fmt::format("{} '{}': at character {}: {}", option, text, fault.position + 1, fault.words);
}

}  // namespace ringtalk::loadgen
