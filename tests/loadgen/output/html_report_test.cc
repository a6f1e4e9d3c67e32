#include "loadgen/output/html_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "../measure/some_result.h"

namespace ringtalk::loadgen {
namespace {

using namespace std::chrono_literals;

std::size_t times_in(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
  return times;
}

std::string page_of(const RunResult& result) {
  const std::array run{NamedRun{.name = "send", .result = &result}};
  return html_report(run);
}

TEST(HtmlReport, needs_nothing_from_elsewhere_and_runs_nothing) {
  RunResult result = test::some_result();
  result.url = "x";
  const std::string page = page_of(result);
  for (const std::string_view part :
       {"http://", "https://", "<script", "src=", "url(", "@import", "<link", "onload"})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  EXPECT_NE(page.find("prefers-color-scheme:dark"), std::string::npos);
}

TEST(HtmlReport, shows_percentiles_rate_and_latency_over_time) {
  const std::string page = page_of(test::some_result());
  for (const std::string_view part :
       {"<figcaption>Percentiles</figcaption>", "<figcaption>Rate over time</figcaption>",
        "<figcaption>Latency over time: deliver</figcaption>",
        "<figcaption>Latency over time: ack</figcaption>", ">99.99</text>",
        "deliver p99: ", "the generator&apos;s own lag"}) {
    if (part.find("&apos;") != part.npos) {
      EXPECT_NE(page.find("the generator's own lag"), std::string::npos);
      continue;
    }
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page.find("Latency over time: request"), std::string::npos);
}

TEST(HtmlReport, opens_and_closes_its_elements) {
  const std::string page = page_of(test::some_result());
  for (const std::string_view element :
       {"html", "head", "body", "main", "svg", "figure", "table", "tr", "td", "section", "div"}) {
    const std::string name(element);
    EXPECT_EQ(times_in(page, "<" + name + ">") + times_in(page, "<" + name + " "),
              times_in(page, "</" + name + ">"))
        << element;
  }
}

TEST(HtmlReport, what_others_have_written_cannot_become_markup) {
  RunResult result = test::some_result();
  result.url = result.profile = "<script>alert(1)</script>";
  result.findings = result.invalid_because = {"<b>bold</b>"};
  result.errors = {{"<i>code</i>", 1}};
  result.options["<u>"] = "\"&";
  const std::array run{NamedRun{.name = "<img>", .result = &result}};
  const std::string page = html_report(run);
  for (const std::string_view part : {"<script", "<b>bold", "<i>code", "<u>", "<img>"})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos);
}

TEST(HtmlReport, lays_several_runs_over_each_other) {
  const RunResult one = test::some_result(), two = test::some_result();
  const std::array runs{NamedRun{.name = "before", .result = &one},
                        NamedRun{.name = "after", .result = &two}};
  const std::string page = html_report(runs);
  EXPECT_NE(page.find("<figcaption>Percentiles of ack</figcaption>"), std::string::npos);
  EXPECT_NE(page.find("before p99: "), std::string::npos);
  EXPECT_NE(page.find("after p99: "), std::string::npos);
}

TEST(HtmlReport, of_an_empty_run_is_a_page_too) {
  const std::string page = page_of({});
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("inf"), std::string::npos);
}

TEST(Plots, percentiles_lie_on_an_axis_of_nines) {
  EXPECT_NEAR(nines_of(0), 0, 1e-9);
  EXPECT_NEAR(nines_of(90), 1, 1e-9);
  EXPECT_NEAR(nines_of(99), 2, 1e-9);
  EXPECT_NEAR(nines_of(99.99), 4, 1e-9);
  const RunResult result = test::some_result();
  const std::array run{NamedRun{.name = "send", .result = &result}};
  const std::vector<SvgPlot> plots = plots_of(run);
  ASSERT_FALSE(plots.empty());
  EXPECT_NEAR(plots[0].x.max, 4, 1e-9);  // 10,000 values tell no more than four nines
  ASSERT_EQ(plots[0].x.ticks.size(), 5u);
  EXPECT_EQ(plots[0].x.ticks[3].label, "99.9");
  for (const PlotLine& line : plots[0].lines)
    for (std::size_t index = 1; index < line.points.size(); ++index)
      ASSERT_GE(line.points[index].y, line.points[index - 1].y) << line.name;
}

TEST(Plots, a_long_run_has_a_bounded_number_of_points_and_loses_no_spike) {
  RunResult result = test::some_result();
  result.seconds.resize(86'400, result.seconds[5]);
  for (std::size_t index = 0; index < result.seconds.size(); ++index)
    result.seconds[index].second = static_cast<std::int64_t>(index);
  result.seconds[50'001].ack.max = 3s;
  const std::array run{NamedRun{.name = "soak", .result = &result}};
  for (const SvgPlot& plot : plots_of(run))
    for (const PlotLine& line : plot.lines) {
      EXPECT_LE(line.marks.size(), 201u);
      EXPECT_LE(line.points.size(), 2'001u) << plot.title;
      if (plot.title != "Latency over time: ack" || line.name != "max") continue;
      EXPECT_EQ(std::ranges::count(line.points, 3e9, &PlotPoint::y), 1);
    }
}

TEST(Axis, durations_have_round_ticks_around_all_values) {
  const PlotAxis few = duration_axis("", 1.3e6, 9e6);
  EXPECT_EQ(few.min, 1e6);
  EXPECT_EQ(few.max, 1e7);
  ASSERT_EQ(few.ticks.size(), 4u);
  EXPECT_EQ(few.ticks[0].label, "1 ms");
  EXPECT_EQ(few.ticks[2].label, "5 ms");
  const PlotAxis many = duration_axis("", 5e3, 2e9);
  EXPECT_EQ(many.ticks.front().label, "1 us");
  EXPECT_EQ(many.ticks.back().label, "10 s");
  EXPECT_EQ(many.part(1e3), 0);
  EXPECT_EQ(many.part(1e10), 1);
  EXPECT_NEAR(many.part(1e5), 2.0 / 7, 1e-9);
  EXPECT_GT(duration_axis("", 0, 0).ticks.size(), 1u);
}

TEST(Axis, numbers_have_about_five_round_ticks) {
  const PlotAxis axis = linear_axis("", 1'117);
  EXPECT_EQ(axis.max, 1'500);
  EXPECT_EQ(axis.ticks.back().label, "1500");
  EXPECT_EQ(linear_axis("", 50'000).ticks.back().label, "50k");
  EXPECT_GT(linear_axis("", 0).max, 0);
  EXPECT_EQ(axis.part(2'000), 1);
  EXPECT_EQ(axis.part(-1), 0);
}

TEST(Axis, time_is_told_in_the_unit_that_fits) {
  EXPECT_EQ(seconds_axis(60).ticks[1].label, "10 s");
  EXPECT_EQ(seconds_axis(3'600).ticks[1].label, "10 min");
  EXPECT_EQ(seconds_axis(86'400).ticks[1].label, "4 h");
  EXPECT_LE(seconds_axis(10'000'000).ticks.size(), 12u);
}

}  // namespace
}  // namespace ringtalk::loadgen
