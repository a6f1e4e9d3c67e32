#include "http/static_files.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "http/target.h"
#include "http/text.h"

namespace ringtalk::http {

namespace {

namespace fs = std::filesystem;

struct ContentType {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array kContentTypes{
    ContentType{".html", "text/html; charset=utf-8"},
    ContentType{".css", "text/css; charset=utf-8"},
    ContentType{".js", "text/javascript; charset=utf-8"},
    ContentType{".mjs", "text/javascript; charset=utf-8"},
    ContentType{".json", "application/json"},
    ContentType{".map", "application/json"},
    ContentType{".webmanifest", "application/manifest+json"},
    ContentType{".yaml", "application/yaml"},
    ContentType{".txt", "text/plain; charset=utf-8"},
    ContentType{".md", "text/markdown; charset=utf-8"},
    ContentType{".svg", "image/svg+xml"},
    ContentType{".png", "image/png"},
    ContentType{".jpg", "image/jpeg"},
    ContentType{".ico", "image/x-icon"},
    ContentType{".woff2", "font/woff2"},
    ContentType{".wasm", "application/wasm"},
};

// FNV-1a: tells versions of one file apart, and nobody gains by a collision of his own files.
std::string etag_of(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : body) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return fmt::format("\"{:x}-{:016x}\"", body.size(), hash);
}

// If-None-Match is "*" or a list of tags; a weak one ("W/…") matches too (RFC 9110 §13.1.2).
bool client_has(const Request& request, std::string_view etag) {
  for (const Header field : request.headers) {
    if (!equals_ignoring_case(field.name, "If-None-Match")) continue;
    if (trim_blanks(field.value) == "*") return true;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view tag = trim_blanks(rest.substr(0, comma));
      if (tag.starts_with("W/")) tag.remove_prefix(2);
      if (tag == etag) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string body{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return std::nullopt;
  return body;
}

}  // namespace

std::expected<StaticFiles, std::string> StaticFiles::load(const fs::path& folder) {
  StaticFiles files;
  std::size_t bytes = 0;
  std::error_code failure;
  auto entry = fs::recursive_directory_iterator(folder, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    const bool is_hidden = entry->path().filename().native().starts_with('.');
    const fs::file_type type = entry->symlink_status().type();
    if (is_hidden && type == fs::file_type::directory) entry.disable_recursion_pending();
    if (is_hidden || type != fs::file_type::regular) continue;

    auto body = read_file(entry->path());
    if (!body) return std::unexpected(fmt::format("cannot read {}", entry->path().native()));
    bytes += body->size();
    if (bytes > kBytesMax) {
      return std::unexpected(
          fmt::format("the files in {} are larger than {} bytes", folder.native(), kBytesMax));
    }
    files.add(entry->path().lexically_relative(folder).generic_string(), std::move(*body));
  }
  if (failure) {
    return std::unexpected(fmt::format("cannot read {}: {}", folder.native(), failure.message()));
  }
  return files;
}

void StaticFiles::add(std::string name, std::string body) {
  File file{.body = std::move(body), .etag = {}, .content_type = content_type_of(name)};
  file.etag = etag_of(file.body);
  files_.insert_or_assign(std::move(name), std::move(file));
}

std::optional<Response> StaticFiles::answer(std::string_view name, const Request& request) const {
  auto decoded = percent_decode(name);
  if (!decoded) return std::nullopt;
  if (decoded->empty() || decoded->ends_with('/')) *decoded += "index.html";
  const auto found = files_.find(*decoded);
  if (found == files_.end()) return std::nullopt;

  const File& file = found->second;
  Response response;
  response.headers.add("ETag", file.etag);
  response.headers.add("Cache-Control", "no-cache");  // keep it, but ask whether it is still good
  if (client_has(request, file.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", file.content_type);
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = file.body;
  return response;
}

std::string_view content_type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot != name.npos) {
    for (const ContentType& known : kContentTypes) {
      if (equals_ignoring_case(name.substr(dot), known.extension)) return known.type;
    }
  }
  return "application/octet-stream";
}

}  // namespace ringtalk::http
