// Random histories through the real rooms of chat, each from a seed. By environment:
//   RINGTALK_SIM_SEED=…       that history alone
//   RINGTALK_SIM_HISTORIES=…  so many, from a new base
//   RINGTALK_SIM_SECONDS=…    no longer than that
//   RINGTALK_SIM_LINES=…      of the trace that are told with a finding
//   RINGTALK_SIM_GO_ON=1      past findings, and tells each in a line
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "world.h"

namespace ringtalk::sim {
namespace {

constexpr std::uint64_t kSeedBase = 20'261'124'000'000;
constexpr std::uint64_t kHistories = 1'000;
constexpr double kSeconds = 10;
constexpr std::size_t kLinesTold = 200;

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string report_of(std::uint64_t seed, const Verdict& verdict) {
  std::string report = "\n";
  const std::size_t lines =
      std::min(verdict.trace.size(), from_environment("RINGTALK_SIM_LINES").value_or(kLinesTold));
  for (auto line = verdict.trace.end() - static_cast<std::ptrdiff_t>(lines);
       line != verdict.trace.end(); ++line) {
    report += "  " + *line + "\n";
  }
  for (const std::string& finding : verdict.findings) report += "FOUND " + finding + "\n";
  return report + fmt::format("seed {}; again: RINGTALK_SIM_SEED={} sim_tests\n", seed, seed);
}

[[nodiscard]] bool keeps_its_promises(std::uint64_t seed) {
  const Verdict verdict = run_history(seed);
  if (verdict.findings.empty()) return true;
  if (from_environment("RINGTALK_SIM_GO_ON")) {
    fmt::print("{}: {}\n", seed, verdict.findings.front());
    return true;
  }
  ADD_FAILURE() << report_of(seed, verdict);
  return false;
}

TEST(Simulation, every_history_keeps_the_promises) {
  if (const auto seed = from_environment("RINGTALK_SIM_SEED")) {
    ASSERT_TRUE(keeps_its_promises(*seed));
    return;
  }
  const std::uint64_t own = std::random_device{}();
  fmt::print("one history of its own: RINGTALK_SIM_SEED={}\n", own);
  ASSERT_TRUE(keeps_its_promises(own));
  const auto wanted = from_environment("RINGTALK_SIM_HISTORIES");
  const auto seconds = from_environment("RINGTALK_SIM_SECONDS");
  const std::uint64_t base = wanted ? own * 1'000'000U : kSeedBase;
  const double most = seconds ? static_cast<double>(*seconds) : wanted ? 1e9 : kSeconds;
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t done = 0;
  while (done < wanted.value_or(kHistories) && seconds_since(begin) < most) {
    ASSERT_TRUE(keeps_its_promises(base + done)) << "history " << done + 1;
    ++done;
  }
  fmt::print("{} histories from seed {} on, {:.0f} a minute\n", done, base,
             static_cast<double>(done) * 60 / seconds_since(begin));
}

TEST(Simulation, a_seed_gives_the_same_history_again) {
  for (std::uint64_t seed = kSeedBase; seed < kSeedBase + 20; ++seed) {
    const Verdict once = run_history(seed);
    const Verdict again = run_history(seed);
    EXPECT_EQ(once.hash, again.hash) << "seed " << seed;
    EXPECT_EQ(once.turns, again.turns) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ringtalk::sim
