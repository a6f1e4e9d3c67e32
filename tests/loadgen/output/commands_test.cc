#include "loadgen/output/commands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "../measure/some_result.h"
#include "loadgen/output/files.h"
#include "loadgen/output/json_report.h"

namespace ringtalk::loadgen {
namespace {

struct Commands : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                 ("ringtalk-loadgen-commands-" + std::to_string(::getpid()));
  RunResult result = test::some_result();

  Commands() { std::filesystem::create_directories(folder); }
  ~Commands() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder / name; }
  std::string write(const std::string& name, const RunResult& run) {
    EXPECT_TRUE(write_file(path(name), json_report(run)).has_value());
    return path(name);
  }

  // The exit code; what went to standard output is in `shown`, to standard error in `told`.
  std::string shown, told;
  template <class Command>
  int run(int (*command)(const Command&), const Command& arguments) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command(arguments);
    shown = testing::internal::GetCapturedStdout();
    told = testing::internal::GetCapturedStderr();
    return code;
  }
};

TEST_F(Commands, report_shows_what_was_written) {
  const std::string file = write("one.json", result);
  EXPECT_EQ(run(run_report, {.files = {file}, .html_path = path("one.html"), .csv_path = "-"}), 0);
  EXPECT_TRUE(shown.starts_with("second,warmup,"));  // standard output is for the CSV
  EXPECT_TRUE(told.starts_with("GOOD: "));
  EXPECT_TRUE(read_file(path("one.html"))->starts_with("<!doctype html>"));
  EXPECT_EQ(run(run_report, {.files = {file}, .html_path = "", .csv_path = ""}), 0);
  EXPECT_TRUE(shown.starts_with("GOOD: "));
  EXPECT_EQ(told, "");
}

TEST_F(Commands, report_exits_with_the_code_of_the_worst_run) {
  const std::string good = write("good.json", result);
  result.invalid_because = {"slow"};
  const std::string invalid = write("invalid.json", result);
  result.accounts.lost = 1;
  const std::string violated = write("violated.json", result);
  EXPECT_EQ(run(run_report, {.files = {good, invalid}, .html_path = "", .csv_path = ""}), 98);
  EXPECT_EQ(run(run_report, {.files = {violated, invalid}, .html_path = "", .csv_path = ""}), 3);
  EXPECT_NE(shown.find("=== " + violated), std::string::npos);
}

TEST_F(Commands, report_names_the_file_that_it_cannot_read) {
  EXPECT_EQ(run(run_report, {.files = {path("none.json")}, .html_path = "", .csv_path = ""}), 2);
  EXPECT_EQ(told, "ringtalk-loadgen: " + path("none.json") + ": No such file or directory\n");
  ASSERT_TRUE(write_file(path("bad.json"), "{}").has_value());
  EXPECT_EQ(run(run_report, {.files = {path("bad.json")}, .html_path = "", .csv_path = ""}), 2);
  EXPECT_NE(told.find("bad.json: schema: is missing"), std::string::npos);
  const std::string good = write("good.json", result);
  EXPECT_EQ(run(run_report, {.files = {good}, .html_path = path("none/a.html"), .csv_path = ""}),
            74);
}

CompareCommand comparing(const std::string& before, const std::string& after) {
  return {
      .before = before, .after = after, .fail_if = {}, .html_path = "", .compares_anyway = false};
}

TEST_F(Commands, compare_fails_when_a_change_is_too_large) {
  const std::string before = write("before.json", result);
  result.total.counters[static_cast<std::size_t>(Counter::kAcked)] = 8'000;
  CompareCommand command = comparing(before, write("after.json", result));
  EXPECT_EQ(run(run_compare, command), 0);
  EXPECT_NE(shown.find("acked.rate"), std::string::npos);
  command.fail_if = {"acked.rate<-25%"};
  EXPECT_EQ(run(run_compare, command), 0);
  command.fail_if = {"acked.rate<-25%", "acked.rate<-10%"};
  command.html_path = path("both.html");
  EXPECT_EQ(run(run_compare, command), 99);
  EXPECT_NE(shown.find("FAILED acked.rate<-10%"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(path("both.html")));
  command.fail_if = {"acked.rate<10%"};
  EXPECT_EQ(run(run_compare, command), 2);
  EXPECT_NE(told.find("--fail-if 'acked.rate<10%': at character 12"), std::string::npos);
}

TEST_F(Commands, compare_refuses_what_was_not_run_alike_unless_it_must) {
  const std::string before = write("before.json", result);
  result.options["rate"] = "2000";
  CompareCommand command = comparing(before, write("after.json", result));
  EXPECT_EQ(run(run_compare, command), 2);
  EXPECT_NE(told.find("rate: 1000 and 2000"), std::string::npos);
  EXPECT_EQ(shown, "");
  command.compares_anyway = true;
  EXPECT_EQ(run(run_compare, command), 0);
  EXPECT_NE(told.find("rate: 1000 and 2000"), std::string::npos);
}

TEST_F(Commands, compare_warns_of_invalid_runs) {
  const std::string before = write("before.json", result);
  result.invalid_because = {"slow"};
  EXPECT_EQ(run(run_compare, comparing(before, write("after.json", result))), 0);
  EXPECT_NE(told.find("doubtful: after: the run was invalid: slow"), std::string::npos);
}

}  // namespace
}  // namespace ringtalk::loadgen
