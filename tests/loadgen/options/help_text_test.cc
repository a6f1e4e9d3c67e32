#include <gtest/gtest.h>

#include <sstream>

#include "loadgen/options/command_line.h"
#include "loadgen/options/option_table.h"
#include "loadgen/options/profile_names.h"

namespace ringtalk::loadgen {
namespace {

constexpr std::size_t kScreenLines = 40;
constexpr std::size_t kScreenColumns = 80;

void expect_fits_a_screen(const std::string& text) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_LE(line.size(), kScreenColumns) << line;
  EXPECT_LE(count, kScreenLines) << text;
}

TEST(HelpText, fits_a_screen_and_has_examples) {
  expect_fits_a_screen(help_text());
  expect_fits_a_screen(report_help_text());
  expect_fits_a_screen(compare_help_text());
  for (const ProfileWords& profile : profiles()) {
    expect_fits_a_screen(help_text(profile.profile));
    EXPECT_NE(help_text(profile.profile).find("\nExamples\n"), std::string::npos);
  }
}

TEST(HelpText, tells_exactly_the_options_of_a_profile) {
  for (const ProfileWords& profile : profiles())
    for (const Option& option : option_table()) {
      const std::string line = "\n  --" + std::string(option.name) + " ";
      EXPECT_EQ(help_text(profile.profile).find(line) != std::string::npos,
                option.is_of(profile.profile))
          << profile.name << line;
    }
}

TEST(HelpText, its_examples_are_understood) {
  for (const ProfileWords& profile : profiles())
    for (const std::string_view example : profile.examples) {
      std::vector<std::string> arguments{std::string(profile.name)};
      std::istringstream words{std::string(example)};
      for (std::string word; words >> word;) {
        std::erase(word, '\'');
        arguments.push_back(word);
      }
      const auto command = read_command_line(arguments);
      EXPECT_TRUE(command.has_value()) << example << ": " << command.error();
      if (command) {
        EXPECT_TRUE(std::holds_alternative<Plan>(*command));
      }
    }
}

}  // namespace
}  // namespace ringtalk::loadgen
