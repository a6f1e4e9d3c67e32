#include "loadgen/output/files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace ringtalk::loadgen {

namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

std::unexpected<std::string> fault(const std::string& path) {
  return std::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return fault(path);
  std::string text;
  std::array<char, 65'536> part;
  while (const std::size_t bytes = std::fread(part.data(), 1, part.size(), file.get()))
    text.append(part.data(), bytes);
  if (std::ferror(file.get()) != 0) return fault(path);
  return text;
}

std::expected<void, std::string> write_file(const std::string& path, std::string_view text) {
  const bool is_stdout = path == "-";
  File file(is_stdout ? nullptr : std::fopen(path.c_str(), "wb"));
  if (!is_stdout && !file) return fault(path);
  std::FILE* const out = is_stdout ? stdout : file.get();
  if (std::fwrite(text.data(), 1, text.size(), out) != text.size() || std::fflush(out) != 0)
    return fault(path);
  return {};
}

}  // namespace ringtalk::loadgen
