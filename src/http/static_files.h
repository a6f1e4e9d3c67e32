// StaticFiles: files that are read once and answered from memory, with an ETag (RFC 9110 §8.8.3),
// so that a client that has one already is told so by 304. Filled at start, then only read; shards
// may share one. Names are looked up as they are, never on a disk: ".." leads nowhere.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/message.h"

namespace ringtalk::http {

class StaticFiles {
 public:
  /// All of them together; a web client of ours has well under a mebibyte.
  static constexpr std::size_t kBytesMax = 64 * 1024 * 1024;

  /// All files below `folder`, by their paths from there ("css/main.css"). Links are not followed,
  /// and names that begin with a dot are left out. An error is a sentence for the operator.
  [[nodiscard]] static std::expected<StaticFiles, std::string> load(
      const std::filesystem::path& folder);

  /// Replaces what had that name.
  void add(std::string name, std::string body);

  /// GET or HEAD of `name`, as a {name...} of the router gave it: still encoded. "" and names that
  /// end in '/' stand for the index.html there. Nothing when there is no such file.
  [[nodiscard]] std::optional<Response> answer(std::string_view name, const Request& request) const;

  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string body;
    std::string etag;
    std::string_view content_type;
  };

  std::unordered_map<std::string, File> files_;
};

/// By the name's extension; application/octet-stream for one that is not known.
[[nodiscard]] std::string_view content_type_of(std::string_view name);

}  // namespace ringtalk::http
