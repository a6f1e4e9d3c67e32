// RunResult: everything that one run found, as values: what reports are written from, what is read
// back from a JSON report, what two runs are compared by.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "loadgen/measure/delivery_ledger.h"
#include "loadgen/measure/recorder.h"

namespace ringtalk::loadgen {

struct Percentiles {
  std::chrono::nanoseconds p50{}, p90{}, p99{}, p999{}, max{};

  [[nodiscard]] static Percentiles of(const Histogram& histogram);
};

/// One second of the run, for the live line, the CSV and the plots.
struct Second {
  std::int64_t second = 0;  // from the start; warm-up included
  bool is_warmup = false;
  std::array<std::uint64_t, kCounterCount> counters{};
  Percentiles ack, deliver, request, lag;
  std::uint64_t connections = 0;  // open at its end
  double generator_cpu = 0;       // cores used by the generator, 1.0 = one core
};

struct Generator {
  std::uint32_t threads = 1;
  std::string backend;               // "io_uring", "epoll"
  std::string receive_method;        // how bytes are read, for it moves results
  double cpu_of_busiest_thread = 0;  // share of the measured window, 1.0 = it never rested
  double cpu_total = 0;              // cores
};

struct Environment {
  std::string version, command_line, started_at, host, cpu, kernel;
  std::uint32_t cores = 0;
};

struct ThresholdOutcome {
  std::string text;  // as it was given: "deliver.p99<25ms"
  std::string measured;
  bool held = false;
};

struct RunResult {
  Environment environment;
  std::string profile, url;
  bool is_closed_loop = false;  // latencies then leave out what a stall kept from being sent
  std::map<std::string, std::string> options;  // name → value, as the run used them
  std::chrono::nanoseconds measured{};         // the window without warm-up and end
  double wanted_rate = 0;                      // 0: none
  // Open loop: what the schedule had for the window; how much of it left is the count of kLag.
  std::uint64_t wanted = 0;
  Tally total;
  std::map<std::string, std::uint64_t, std::less<>> errors;
  Accounts accounts;
  std::vector<std::string> findings;  // of the accounts
  std::vector<Second> seconds;
  Generator generator;
  std::vector<std::string> invalid_because;  // the generator was itself the bottleneck
  std::vector<ThresholdOutcome> thresholds;
  std::map<std::string, double> figures;  // of single profiles: "bytes_per_connection", "max_rate"
  bool was_interrupted = false;

  /// A second, over the measured window.
  [[nodiscard]] double rate_of(Counter counter) const;
};

/// 0 good · 3 correctness violated · 98 invalid run · 99 threshold failed · 130 interrupted; the
/// first that fits in the order 3, 130, 98, 99. (2 usage and 69 unreachable come before any
/// result.)
[[nodiscard]] int exit_code(const RunResult& result);

inline constexpr int kExitViolated = 3;
inline constexpr int kExitInvalid = 98;
inline constexpr int kExitThreshold = 99;
inline constexpr int kExitInterrupted = 130;

}  // namespace ringtalk::loadgen
