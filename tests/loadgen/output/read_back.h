// What several tests of reports need: a result written as JSON and read back.
// On the test's stack.
#pragma once

#include <gtest/gtest.h>

#include "loadgen/output/json_report.h"

namespace ringtalk::loadgen::test {

[[nodiscard]] inline RunResult read_back(const RunResult& result) {
  auto read = read_json_report(json_report(result));
  EXPECT_TRUE(read.has_value()) << read.error();
  return read ? std::move(*read) : RunResult{};
}

}  // namespace ringtalk::loadgen::test
