#include "loadgen/output/html_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"
#include "loadgen/measure/validity.h"
#include "loadgen/output/html_style.h"
#include "loadgen/output/text_report.h"
#include "loadgen/output/verdict.h"

namespace ringtalk::loadgen {

namespace {

void append_card(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>", escape_html(value),
                     escape_html(name));
}

void append_cards(std::string& out, const RunResult& result) {
  out += "<div class=\"cards\">";
  for (const Counter counter : {Counter::kAcked, Counter::kDelivered, Counter::kRequests})
    if (result.total.of(counter) != 0)
      append_card(out, fmt::format("{} a second", name_of(counter)),
                  fmt::format("{:.0f}", result.rate_of(counter)));
  const Series series = main_series(result);
  const Percentiles all = Percentiles::of(result.total.of(series));
  append_card(out, fmt::format("{} p50", name_of(series)), show_duration(all.p50));
  append_card(out, fmt::format("{} p99", name_of(series)), show_duration(all.p99));
  append_card(out, fmt::format("{} p99.9", name_of(series)), show_duration(all.p999));
  const Accounts& accounts = result.accounts;
  if (accounts.expected != 0)
    append_card(out, "lost, doubled, out of order, holes",
                fmt::format("{} · {} · {} · {}", accounts.lost, accounts.doubled,
                            accounts.reordered, accounts.holes));
  out += "</div>\n";
}

void append_head(std::string& out, const NamedRun& run) {
  const RunResult& result = *run.result;
  out += fmt::format("<header><p class=\"badge {}\">{}</p>", name_of(verdict_of(result)),
                     escape_html(sentence_of(result)));
  const std::string load = result.is_closed_loop ? "closed loop"
                           : result.wanted_rate > 0
                               ? fmt::format("open loop at {:.6g}/s", result.wanted_rate)
                               : "open loop";
  out += fmt::format("<h1>{}</h1><p class=\"quiet\">{} on {}, {} measured, {}{}{}</p></header>\n",
                     escape_html(run.name), escape_html(result.profile), escape_html(result.url),
                     show_duration(result.measured), load,
                     result.environment.started_at.empty() ? "" : ", begun ",
                     escape_html(result.environment.started_at));
  if (result.is_closed_loop)
    out +=
        "<p class=\"note\">A closed loop sends less while the server stalls, so its latencies "
        "leave "
        "the stall out. Do not compare them with those of an open loop.</p>\n";
  if (const std::string note = note_on_backlog(result); !note.empty())
    out += fmt::format("<p class=\"note\">{}</p>\n", escape_html(note));
  for (const std::string& reason : result.invalid_because)
    out += fmt::format("<p class=\"note\">{}</p>\n", escape_html(reason));
}

void append_row(std::string& out, std::initializer_list<std::string> cells) {
  out += "<tr>";
  bool is_first = true;
  for (const std::string& cell : cells) {
    out += fmt::format("{}{}{}", is_first ? "<th scope=\"row\">" : "<td>", escape_html(cell),
                       is_first ? "</th>" : "</td>");
    is_first = false;
  }
  out += "</tr>";
}

void open_table(std::string& out, std::string_view title,
                std::initializer_list<std::string_view> heads) {
  out += fmt::format("<section><h2>{}</h2><div class=\"wide\"><table{}><thead><tr>", title,
                     std::ranges::find(heads, "run") == heads.begin() + 1 ? " class=\"runs\"" : "");
  for (const std::string_view head : heads) out += fmt::format("<th scope=\"col\">{}</th>", head);
  out += "</tr></thead><tbody>";
}

void close_table(std::string& out) {
  out += "</tbody></table></div></section>\n";
}

void append_latency(std::string& out, std::span<const NamedRun> runs) {
  open_table(out, "Latency",
             {"series", "run", "count", "p50", "p90", "p99", "p99.9", "p99.99", "max"});
  for (std::size_t index = 0; index < kSeriesCount; ++index)
    for (const NamedRun& run : runs) {
      const Histogram& histogram = run.result->total.series[index];
      if (histogram.count() == 0) continue;
      const Percentiles all = Percentiles::of(histogram);
      append_row(out, {std::string(name_of(static_cast<Series>(index))), run.name,
                       fmt::format("{}", histogram.count()), show_duration(all.p50),
                       show_duration(all.p90), show_duration(all.p99), show_duration(all.p999),
                       show_duration(histogram.percentile(99.99)), show_duration(all.max)});
    }
  close_table(out);
}

void append_counts(std::string& out, std::span<const NamedRun> runs) {
  open_table(out, "Counts", {"", "run", "total", "a second"});
  for (std::size_t index = 0; index < kCounterCount; ++index) {
    const auto counter = static_cast<Counter>(index);
    const bool is_of_bytes = counter == Counter::kBytesSent || counter == Counter::kBytesReceived;
    for (const NamedRun& run : runs) {
      const auto total = static_cast<double>(run.result->total.of(counter));
      if (total == 0) continue;
      const double rate = run.result->rate_of(counter);
      append_row(out, {std::string(name_of(counter)), run.name,
                       is_of_bytes ? show_bytes(total) : fmt::format("{:.0f}", total),
                       is_of_bytes ? show_bytes(rate) : fmt::format("{:.1f}", rate)});
    }
  }
  close_table(out);
}

void append_delivery(std::string& out, std::span<const NamedRun> runs) {
  open_table(out, "Delivery",
             {"run", "expected", "delivered", "lost", "doubled", "out of order", "holes",
              "compared too late"});
  const auto text = [](std::uint64_t value) { return fmt::format("{}", value); };
  for (const NamedRun& run : runs) {
    const Accounts& accounts = run.result->accounts;
    append_row(out, {run.name, text(accounts.expected), text(accounts.delivered),
                     text(accounts.lost), text(accounts.doubled), text(accounts.reordered),
                     text(accounts.holes), text(accounts.unchecked)});
  }
  close_table(out);
}

void append_generator(std::string& out, std::span<const NamedRun> runs) {
  open_table(
      out, "The generator itself",
      {"run", "threads", "backend", "busiest thread", "cores", "lag p50", "lag p99", "lag max"});
  for (const NamedRun& run : runs) {
    const Generator& generator = run.result->generator;
    const Percentiles lag = Percentiles::of(run.result->total.of(Series::kLag));
    append_row(out, {run.name, fmt::format("{}", generator.threads), generator.backend,
                     fmt::format("{:.0f} %", generator.cpu_of_busiest_thread * 100),
                     fmt::format("{:.2f}", generator.cpu_total), show_duration(lag.p50),
                     show_duration(lag.p99), show_duration(lag.max)});
  }
  close_table(out);
}

void append_details(std::string& out, std::span<const NamedRun> runs) {
  open_table(out, "Details", {"", "run", ""});
  for (const NamedRun& run : runs) {
    const RunResult& result = *run.result;
    for (const ThresholdOutcome& threshold : result.thresholds)
      append_row(out, {threshold.held ? "threshold held" : "threshold FAILED", run.name,
                       fmt::format("{} (measured {})", threshold.text, threshold.measured)});
    for (const std::string& finding : result.findings)
      append_row(out, {"found", run.name, finding});
    for (const auto& [code, times] : result.errors)
      append_row(out, {"error", run.name, fmt::format("{} × {}", times, code)});
    for (const auto& [name, value] : result.figures)
      append_row(out, {name, run.name, fmt::format("{:.8g}", value)});
    std::string options;
    for (const auto& [name, value] : result.options) options += fmt::format("{}={}  ", name, value);
    append_row(out, {"options", run.name, options});
    const Environment& environment = result.environment;
    append_row(out, {"command line", run.name, environment.command_line});
    append_row(out, {"machine", run.name,
                     fmt::format("{}: {} × {}, Linux {}; ringtalk-loadgen {}", environment.host,
                                 environment.cores, environment.cpu, environment.kernel,
                                 environment.version)});
  }
  close_table(out);
}

}  // namespace

std::string html_report(std::span<const NamedRun> runs) {
  std::string title;
  for (const NamedRun& run : runs)
    title += fmt::format("{}{}", title.empty() ? "" : ", ", run.name);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<title>{}: ringtalk-loadgen</title>\n<style>{}</style></head>\n<body><main class=\"{}\">\n",
      escape_html(title), kHtmlStyle, runs.size() == 1 ? "one" : "several");
  for (const NamedRun& run : runs) append_head(out, run);
  if (runs.size() == 1) append_cards(out, *runs[0].result);
  out += "<div class=\"plots\">\n";
  for (const SvgPlot& plot : plots_of(runs)) out += draw(plot);
  out += "</div>\n";
  append_latency(out, runs);
  append_counts(out, runs);
  append_delivery(out, runs);
  append_generator(out, runs);
  append_details(out, runs);
  out += "</main></body></html>\n";
  return out;
}

}  // namespace ringtalk::loadgen
