// ringtalk-loadgen: loads a Ringtalk server, measures it, and proves that it delivers.
#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "loadgen/options/command_line.h"
#include "loadgen/output/commands.h"
#include "loadgen/traffic/run.h"

namespace {

using namespace ringtalk::loadgen;

int perform(const Plan& plan) {
  return run(plan);
}
int perform(const ReportCommand& command) {
  return run_report(command);
}
int perform(const CompareCommand& command) {
  return run_compare(command);
}
int perform(const PrintCommand& command) {
  std::fputs(command.text.c_str(), stdout);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  const auto command = read_command_line(arguments);
  if (!command) {
    std::fputs(command.error().c_str(), stderr);
    return kExitUsage;
  }
  return std::visit([](const auto& each) { return perform(each); }, *command);
}
