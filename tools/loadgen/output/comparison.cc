#include "loadgen/output/comparison.h"

#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"
#include "loadgen/output/verdict.h"

namespace ringtalk::loadgen {

namespace {

constexpr std::string_view kSeed = "seed";

std::string value_or_nothing(const RunResult& result, const std::string& name) {
  const auto found = result.options.find(name);
  return found == result.options.end() ? "nothing" : found->second;
}

std::vector<std::string> quantities_of(const RunPair& pair) {
  std::vector<std::string> names;
  for (std::size_t index = 0; index < kCounterCount; ++index) {
    if (pair.before.total.counters[index] + pair.after.total.counters[index] != 0)
      names.push_back(fmt::format("{}.rate", name_of(static_cast<Counter>(index))));
  }
  for (std::size_t index = 0; index < kSeriesCount; ++index) {
    if (pair.before.total.series[index].count() + pair.after.total.series[index].count() == 0)
      continue;
    for (const std::string_view statistic : {"p50", "p90", "p99", "p99.9", "max"})
      names.push_back(fmt::format("{}.{}", name_of(static_cast<Series>(index)), statistic));
  }
  for (const std::string_view account : {"lost", "doubled", "reordered", "holes"})
    names.emplace_back(account);
  std::set<std::string> figures;
  for (const RunResult* result : {&pair.before, &pair.after})
    for (const auto& [name, value] : result->figures) figures.insert(name);
  for (const std::string& name : figures) names.push_back(fmt::format("figure:{}", name));
  return names;
}

std::string row_of(const RunPair& pair, const std::string& name) {
  const auto quantity = parse_quantity(name);
  if (!quantity) return {};  // a figure with a name that no condition could ask for
  const auto before = quantity->of(pair.before);
  const auto after = quantity->of(pair.after);
  return fmt::format("  {:<34}{:>16}{:>16}{:>14}\n", name, before ? quantity->show(*before) : "-",
                     after ? quantity->show(*after) : "-",
                     before && after ? show_change(change_of(*before, *after)) : "");
}

}  // namespace

std::vector<std::string> differences_of(const RunPair& pair) {
  std::vector<std::string> found;
  const auto compare = [&](std::string_view name, std::string_view before, std::string_view after) {
    if (before != after) found.push_back(fmt::format("{}: {} and {}", name, before, after));
  };
  compare("profile", pair.before.profile, pair.after.profile);
  const auto loop = [](const RunResult& result) {
    return result.is_closed_loop ? "closed" : "open";
  };
  compare("loop", loop(pair.before), loop(pair.after));
  std::set<std::string> names;
  for (const RunResult* result : {&pair.before, &pair.after})
    for (const auto& [name, value] : result->options) names.insert(name);
  names.erase(std::string(kSeed));
  for (const std::string& name : names)
    compare(name, value_or_nothing(pair.before, name), value_or_nothing(pair.after, name));
  return found;
}

std::vector<std::string> doubts_of(const RunPair& pair) {
  std::vector<std::string> found;
  for (const auto& [name, result] : {std::pair{"before", &pair.before}, {"after", &pair.after}}) {
    if (!result->invalid_because.empty())
      found.push_back(
          fmt::format("{}: the run was invalid: {}", name, result->invalid_because.front()));
    if (result->was_interrupted) found.push_back(fmt::format("{}: the run was interrupted", name));
  }
  if (pair.before.is_closed_loop != pair.after.is_closed_loop)
    found.emplace_back(
        "one loop was open and one closed: the closed one leaves out what a stall kept from being "
        "sent, and its latencies look better than they are");
  const Environment& before = pair.before.environment;
  const Environment& after = pair.after.environment;
  if (before.host != after.host || before.cpu != after.cpu || before.cores != after.cores)
    found.push_back(fmt::format("the machines differ: {} ({} × {}) and {} ({} × {})", before.host,
                                before.cores, before.cpu, after.host, after.cores, after.cpu));
  return found;
}

double change_of(double before, double after) {
  if (before == after) return 0;
  if (before == 0) return std::copysign(std::numeric_limits<double>::infinity(), after);
  return 100 * (after - before) / before;
}

std::string show_change(double percent) {
  if (percent == 0) return "=";
  if (std::isinf(percent)) return percent > 0 ? "from 0" : "below 0";
  if (std::abs(percent) < 0.05) return "0.0 %";  // without a sign that rounding has emptied
  return fmt::format("{:+.1f} %", percent);
}

std::expected<ChangeLimit, TextFault> parse_change_limit(std::string_view text) {
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string_view::npos)
    return std::unexpected(
        TextFault{.position = text.size(), .words = "a limit is missing; write >+10% or <-5%"});
  auto quantity = parse_quantity(text.substr(0, at));
  if (!quantity) return std::unexpected(std::move(quantity.error()));
  ChangeLimit limit{
      .text = std::string(text), .quantity = std::move(*quantity), .is_of_rise = text[at] == '>'};
  std::string_view number = text.substr(at + 1);
  const bool is_signed = number.starts_with(limit.is_of_rise ? '+' : '-');
  if (is_signed && number.ends_with('%')) {
    if (const auto percent = read_decimal(number.substr(1, number.size() - 2))) {
      limit.percent = limit.is_of_rise ? *percent : -*percent;
      return limit;
    }
  }
  return std::unexpected(TextFault{
      .position = at + 1,
      .words = fmt::format("\"{}\" is no limit of a change; write >+10% or <-5%", number)});
}

ThresholdOutcome ChangeLimit::judge(const RunPair& pair) const {
  const auto before = quantity.of(pair.before);
  const auto after = quantity.of(pair.after);
  if (!before || !after) return {.text = text, .measured = "not measured", .held = false};
  const double change = change_of(*before, *after);
  return {.text = text,
          .measured = fmt::format("{} to {}, {}", quantity.show(*before), quantity.show(*after),
                                  show_change(change)),
          .held = is_of_rise ? !(change > percent) : !(change < percent)};
}

std::string comparison_text(const RunPair& pair) {
  std::string text =
      fmt::format("before: {}\nafter:  {}\n", sentence_of(pair.before), sentence_of(pair.after));
  text += fmt::format("\n  {:<34}{:>16}{:>16}{:>14}\n", "", "before", "after", "change");
  for (const std::string& name : quantities_of(pair)) text += row_of(pair, name);
  return text;
}

}  // namespace ringtalk::loadgen
