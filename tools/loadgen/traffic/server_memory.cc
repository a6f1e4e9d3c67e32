#include "loadgen/traffic/server_memory.h"

#include <cstdlib>

namespace ringtalk::loadgen {

std::optional<double> resident_bytes_in(std::string_view metrics) {
  constexpr std::string_view kName = "\nprocess_resident_memory_bytes ";
  const std::size_t at = metrics.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string number(metrics.substr(at + kName.size(), 32));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (end == number.c_str()) return std::nullopt;
  return value;
}

reactor::Task<std::optional<double>> read_server_memory(RestDoor& door) {
  const auto answer = co_await door.ask(get_request("/metrics", ""), 0);
  if (!answer || answer->status != 200) co_return std::nullopt;
  co_return resident_bytes_in(answer->body);
}

void finish_figures(std::map<std::string, double>& figures, std::uint32_t connections) {
  const auto before = figures.find("server_rss_before");
  const auto start = figures.find("server_rss_start");
  const auto end = figures.find("server_rss_end");
  if (before != figures.end() && start != figures.end() && connections > 0) {
    figures["bytes_per_connection"] = (start->second - before->second) / connections;
  }
  if (start != figures.end() && end != figures.end()) {
    figures["server_rss_growth"] = end->second - start->second;
  }
}

}  // namespace ringtalk::loadgen
