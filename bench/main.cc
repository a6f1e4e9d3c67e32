// All benchmarks are one program, so that `./dev bench` is one run with one report.
#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
