// SvgPlot: lines over two axes as an SVG element, to stand inside an HTML page, whose style sheet
// colours it (classes c0..c7 for lines). Every point of `marks` tells its words when pointed at; no
// script. A value that is filled and drawn; pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringtalk::loadgen {

struct PlotPoint {
  double x = 0, y = 0;
};

struct PlotMark {
  PlotPoint at;
  std::string words;
};

struct PlotLine {
  std::string name;
  std::size_t colour = 0;
  bool is_dashed = false;
  bool is_stepped = false;  // the value holds until the next point
  std::vector<PlotPoint> points;
  std::vector<PlotMark> marks;
};

struct PlotTick {
  double at = 0;
  std::string label;
};

struct PlotAxis {
  std::string title;
  double min = 0, max = 1;
  bool is_logarithmic = false;  // then min > 0
  std::vector<PlotTick> ticks;

  /// From 0 to 1 along the axis; what lies outside is cut off.
  [[nodiscard]] double part(double value) const;
};

struct SvgPlot {
  std::string title;
  PlotAxis x, y;
  std::vector<PlotLine> lines;
  double shaded_until = 0;  // x: the warm-up, drawn grey; nothing when x.min
};

inline constexpr std::size_t kPlotColours = 8;

[[nodiscard]] std::string draw(const SvgPlot& plot);

/// Round numbers from 0 to at least `max`, about five.
[[nodiscard]] PlotAxis linear_axis(std::string title, double max);
/// Durations in nanoseconds on a logarithmic axis, from at most `min` to at least `max`.
[[nodiscard]] PlotAxis duration_axis(std::string title, double min, double max);
[[nodiscard]] PlotAxis seconds_axis(double last);

[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace ringtalk::loadgen
