#include "app/auth/signing_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/auth/secrets.h"
#include "app/protocol/base64url.h"

namespace ringtalk::app::auth {

namespace {

using KeyResult = std::expected<SigningKey, std::string>;

constexpr std::string_view kHexPrefix = "hex:";
constexpr std::string_view kBase64urlPrefix = "base64url:";
constexpr std::size_t kKeyFileBytesMax = 4 * kSigningKeyBytesMax;

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::unexpected<std::string> file_error(const std::filesystem::path& file, std::string_view what) {
  return std::unexpected(fmt::format("{}: {}: {}", file.string(), what, std::strerror(errno)));
}

// Links a finished file to its name, which fails when another server was faster: its key counts
// then.
bool publish(const std::filesystem::path& finished, const std::filesystem::path& file) {
  const bool is_published = ::link(finished.c_str(), file.c_str()) == 0 || errno == EEXIST;
  const int link_error = errno;
  ::unlink(finished.c_str());
  errno = link_error;
  return is_published;
}

bool write_private_file(const std::filesystem::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const bool is_written = written == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  return ::close(descriptor) == 0 && is_written;
}

}  // namespace

KeyResult parse_signing_key(std::string_view text) {
  text = without_line_end(text);
  std::optional<std::string> bytes;
  if (text.starts_with(kHexPrefix)) {
    bytes = decode_hex(text.substr(kHexPrefix.size()));
    if (!bytes) return std::unexpected("the key is not valid hexadecimal text");
  } else if (text.starts_with(kBase64urlPrefix)) {
    bytes = protocol::decode_base64url(text.substr(kBase64urlPrefix.size()));
    if (!bytes) return std::unexpected("the key is not valid base64url text without padding");
  } else {
    bytes = std::string(text);
  }
  if (bytes->size() < kSigningKeyBytesMin || bytes->size() > kSigningKeyBytesMax) {
    return std::unexpected(fmt::format("the key has {} bytes; it must have {} to {}", bytes->size(),
                                       kSigningKeyBytesMin, kSigningKeyBytesMax));
  }
  return SigningKey{.bytes = std::move(*bytes)};
}

KeyResult read_signing_key(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return file_error(file, "cannot read the key");
  std::string text(kKeyFileBytesMax, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return file_error(file, "cannot read the key");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  auto key = parse_signing_key(text);
  if (!key) return std::unexpected(fmt::format("{}: {}", file.string(), key.error()));
  return key;
}

KeyResult read_or_make_signing_key(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return read_signing_key(file);
  std::error_code error;
  if (const auto folder = file.parent_path(); !folder.empty()) {
    const bool is_new = std::filesystem::create_directories(folder, error);
    if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  std::array<std::uint8_t, kSigningKeyBytesMin> bytes;
  fill_random(bytes);
  const std::string text = fmt::format("{}{}\n", kHexPrefix, encode_hex(bytes));
  const std::filesystem::path finished = fmt::format("{}.{}", file.string(), ::getpid());
  if (!write_private_file(finished, text)) return file_error(finished, "cannot write the key");
  if (!publish(finished, file)) return file_error(file, "cannot keep the key");
  return read_signing_key(file);
}

}  // namespace ringtalk::app::auth
