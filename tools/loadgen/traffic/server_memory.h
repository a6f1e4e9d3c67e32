// What the server's process holds in memory, as its /metrics tell it, and the figures that follow.
// Main's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/traffic/rest_door.h"
#include "reactor/task.h"

namespace ringtalk::loadgen {

/// The value of process_resident_memory_bytes in a text of metrics.
[[nodiscard]] std::optional<double> resident_bytes_in(std::string_view metrics);

/// Nothing when the server does not tell.
[[nodiscard]] reactor::Task<std::optional<double>> read_server_memory(RestDoor& door);

/// From server_rss_before, _start and _end: bytes_per_connection, server_rss_growth.
void finish_figures(std::map<std::string, double>& figures, std::uint32_t connections);

}  // namespace ringtalk::loadgen
