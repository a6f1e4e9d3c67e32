// Whole files, read and written; "-" is standard output. Main thread; blocks.
// Errors name the file and why.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace ringtalk::loadgen {

[[nodiscard]] std::expected<std::string, std::string> read_file(const std::string& path);
[[nodiscard]] std::expected<void, std::string> write_file(const std::string& path,
                                                          std::string_view text);

}  // namespace ringtalk::loadgen
