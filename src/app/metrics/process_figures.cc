#include "app/metrics/process_figures.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace ringtalk::app::metrics {

namespace {

// /proc/self/stat from its third field on: the second one, the program's name, may hold blanks.
std::vector<std::string> read_stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == text.npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

double boot_time_s() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word) {
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

// Since Linux 6.2 the size of the folder is the number of its entries; before, they are counted.
std::uint64_t count_descriptors() {
  constexpr const char* kFolder = "/proc/self/fd";
  struct stat status{};
  if (stat(kFolder, &status) == 0 && status.st_size > 0) {
    return static_cast<std::uint64_t>(status.st_size);
  }
  std::error_code failure;
  const auto entries = std::filesystem::directory_iterator(kFolder, failure);
  if (failure) return 0;
  const auto count = std::distance(begin(entries), end(entries));
  return static_cast<std::uint64_t>(count - 1);  // the one that reads the folder
}

}  // namespace

ProcessFigures read_process_figures() {
  ProcessFigures figures{.open_descriptors = count_descriptors()};
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.descriptors_max = limit.rlim_cur;

  // proc(5) counts from 1; the vector begins with field 3.
  const std::vector<std::string> fields = read_stat_fields();
  const auto field = [&](std::size_t number) { return std::stoull(fields[number - 3]); };
  if (fields.size() < 22) return figures;
  const auto ticks_a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  figures.cpu_seconds = static_cast<double>(field(14) + field(15)) / ticks_a_second;
  figures.threads = field(20);
  figures.started_at_s = boot_time_s() + static_cast<double>(field(22)) / ticks_a_second;
  figures.virtual_bytes = field(23);
  figures.resident_bytes = field(24) * page_bytes;
  return figures;
}

}  // namespace ringtalk::app::metrics
