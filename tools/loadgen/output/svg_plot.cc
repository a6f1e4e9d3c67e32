#include "loadgen/output/svg_plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "loadgen/measure/duration_text.h"

namespace ringtalk::loadgen {

namespace {

constexpr double kWidth = 760, kHeight = 340;
constexpr double kLeft = 88, kRight = 22, kTop = 12, kBottom = 54;

double x_of(const SvgPlot& plot, double value) {
  return kLeft + plot.x.part(value) * (kWidth - kLeft - kRight);
}

double y_of(const SvgPlot& plot, double value) {
  return kHeight - kBottom - plot.y.part(value) * (kHeight - kTop - kBottom);
}

void draw_axes(std::string& out, const SvgPlot& plot) {
  const double bottom = kHeight - kBottom;
  for (const PlotTick& tick : plot.y.ticks) {
    const double y = y_of(plot, tick.at);
    out += fmt::format(R"(<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>)", kLeft,
                       kWidth - kRight, y, y);
    out += fmt::format(R"(<text class="tick end" x="{}" y="{:.1f}">{}</text>)", kLeft - 8, y + 5,
                       escape_html(tick.label));
  }
  for (const PlotTick& tick : plot.x.ticks) {
    const double x = x_of(plot, tick.at);
    out += fmt::format(R"(<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>)", x, x,
                       kTop, bottom);
    out += fmt::format(R"(<text class="tick middle" x="{:.1f}" y="{}">{}</text>)", x, bottom + 21,
                       escape_html(tick.label));
  }
  out += fmt::format(R"(<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>)", kLeft,
                     kWidth - kRight, bottom, bottom);
  out += fmt::format(R"(<text class="title middle" x="{}" y="{}">{}</text>)",
                     (kLeft + kWidth - kRight) / 2, kHeight - 8, escape_html(plot.x.title));
  out += fmt::format(
      R"svg(<text class="title middle" transform="translate(14 {}) rotate(-90)">{}</text>)svg",
      (kTop + bottom) / 2, escape_html(plot.y.title));
}

void draw_line(std::string& out, const SvgPlot& plot, const PlotLine& line) {
  std::string path;
  double y_before = 0;
  for (const PlotPoint& point : line.points) {
    const double x = x_of(plot, point.x), y = y_of(plot, point.y);
    if (!path.empty() && line.is_stepped) path += fmt::format("L{:.1f} {:.1f}", x, y_before);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x, y);
    y_before = y;
  }
  out += fmt::format(R"(<path class="line c{}{}" d="{}"/>)", line.colour % kPlotColours,
                     line.is_dashed ? " dashed" : "", path);
  for (const PlotMark& mark : line.marks)
    out += fmt::format(
        R"(<circle class="mark c{}" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>)",
        line.colour % kPlotColours, x_of(plot, mark.at.x), y_of(plot, mark.at.y),
        escape_html(mark.words));
}

std::string legend_of(const SvgPlot& plot) {
  std::string out = R"(<div class="legend">)";
  for (const PlotLine& line : plot.lines)
    out += fmt::format(R"(<span><i class="c{}{}"></i>{}</span>)", line.colour % kPlotColours,
                       line.is_dashed ? " dashed" : "", escape_html(line.name));
  return out + "</div>";
}

// 1, 2 or 5 times a power of ten, at least `value`.
double round_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= value * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::string show_number(double value) {
  if (value >= 1e6) return fmt::format("{:.6g}M", value / 1e6);
  if (value >= 1e4) return fmt::format("{:.6g}k", value / 1e3);
  return fmt::format("{:.6g}", value);
}

// "100 us", without the zeros behind the point that tables want.
std::string show_tick(double ns) {
  for (const auto& [unit, factor] : {std::pair<std::string_view, double>{"s", 1e9}, {"ms", 1e6}})
    if (ns >= factor * (1 - 1e-9)) return fmt::format("{:.6g} {}", ns / factor, unit);
  return fmt::format("{:.6g} us", ns / 1e3);
}

}  // namespace

double PlotAxis::part(double value) const {
  const double part = is_logarithmic ? (std::log(std::max(value, min)) - std::log(min)) /
                                           (std::log(max) - std::log(min))
                                     : (value - min) / (max - min);
  return std::clamp(part, 0.0, 1.0);
}

std::string draw(const SvgPlot& plot) {
  std::string out = fmt::format("<figure><figcaption>{}</figcaption>", escape_html(plot.title));
  out += legend_of(plot);
  out += fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth, kHeight,
                     escape_html(plot.title));
  if (plot.shaded_until > plot.x.min)
    out +=
        fmt::format(R"(<rect class="shade" x="{}" y="{}" width="{:.1f}" height="{}">)"
                    "<title>warm-up</title></rect>",
                    kLeft, kTop, x_of(plot, plot.shaded_until) - kLeft, kHeight - kTop - kBottom);
  draw_axes(out, plot);
  for (const PlotLine& line : plot.lines)
    if (!line.points.empty()) draw_line(out, plot, line);
  return out + "</svg></figure>\n";
}

PlotAxis linear_axis(std::string title, double max) {
  PlotAxis axis{.title = std::move(title)};
  const double step = round_up(std::max(max, 1e-9) / 5);
  axis.max = step * std::max(1.0, std::ceil(max / step * (1 - 1e-9)));
  for (int count = 0; step * count <= axis.max * (1 + 1e-9); ++count)
    axis.ticks.push_back({.at = step * count, .label = show_number(step * count)});
  return axis;
}

PlotAxis duration_axis(std::string title, double min, double max) {
  PlotAxis axis{.title = std::move(title), .is_logarithmic = true};
  min = std::max(min, 100.0);
  max = std::max(max, min * 1.01);
  const double decades = std::log10(max / min);
  // Few decades: ticks at 1, 2, 5; many: at powers of ten alone.
  double tick = std::pow(10, std::floor(std::log10(min)));
  axis.min = tick;
  int step = 0;
  const auto next = [&] {
    if (decades > 3) return tick * 10;
    constexpr double kFactors[] = {2, 2.5, 2};
    return tick * kFactors[step++ % 3];
  };
  for (;; tick = next()) {
    if (tick <= min * (1 + 1e-9)) {  // as near below as ticks allow
      axis.min = tick;
      axis.ticks.clear();
    }
    axis.ticks.push_back({.at = tick, .label = show_tick(tick)});
    if (tick >= max * (1 - 1e-9)) break;
  }
  axis.max = tick;
  return axis;
}

PlotAxis seconds_axis(double last) {
  constexpr double kSteps[] = {1,   2,   5,     10,    20,    30,     60,     120,   300,
                               600, 900, 1'800, 3'600, 7'200, 14'400, 43'200, 86'400};
  PlotAxis axis{.title = "time", .max = std::max(last, 1.0)};
  const auto* const found =
      std::ranges::find_if(kSteps, [&](double each) { return axis.max / each <= 10; });
  const double step = found == std::end(kSteps) ? axis.max / 8 : *found;
  for (double at = 0; at <= axis.max; at += step) {
    std::string label = fmt::format("{:.6g} s", at);
    if (step >= 60) label = fmt::format("{:.6g} min", at / 60);
    if (step >= 3'600) label = fmt::format("{:.6g} h", at / 3'600);
    axis.ticks.push_back({.at = at, .label = std::move(label)});
  }
  return axis;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char each : text) {
    switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += each;
    }
  }
  return out;
}

}  // namespace ringtalk::loadgen
