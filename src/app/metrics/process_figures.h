// What the kernel knows of this process, from /proc/self. Read at each scrape, on any thread; a
// figure that cannot be read is 0.
#pragma once

#include <cstdint>

namespace ringtalk::app::metrics {

struct ProcessFigures {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t descriptors_max = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double started_at_s = 0;  // Unix time
};

[[nodiscard]] ProcessFigures read_process_figures();

}  // namespace ringtalk::app::metrics
