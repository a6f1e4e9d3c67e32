#include "ws/handshake.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "http/text.h"

namespace ringtalk::ws {
namespace {

constexpr std::string_view kVersion = "13";
constexpr std::string_view kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kKeyCharacters = 24;

constexpr HandshakeError malformed(std::string_view detail) {
  return {.status = 400, .code = "malformed_request", .detail = detail};
}

/// The value of a header that must stand exactly once.
std::optional<std::string_view> only_header(const http::Request& request, std::string_view name) {
  std::optional<std::string_view> value;
  for (const http::Header header : request.headers) {
    if (!http::equals_ignoring_case(header.name, name)) continue;
    if (value) return std::nullopt;
    value = header.value;
  }
  return value;
}

constexpr bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

/// 16 bytes in base64: 22 characters and the padding.
bool is_key(std::string_view key) {
  return key.size() == kKeyCharacters && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, kKeyCharacters - 2), is_base64);
}

template <std::size_t kSize>
std::string to_base64(const std::array<unsigned char, kSize>& bytes) {
  constexpr std::size_t kCharacters = (kSize + 2) / 3 * 4;
  std::array<unsigned char, kCharacters + 1> text;  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {text.begin(), text.end() - 1};
}

std::optional<HandshakeError> check(const http::Request& request) {
  if (request.method != http::Method::kGet) {
    return HandshakeError{405, "method_not_allowed", "A WebSocket is opened by GET."};
  }
  if (!http::header_has_token(request, "Upgrade", "websocket")) {
    return HandshakeError{426, "upgrade_required", "This is a WebSocket endpoint."};
  }
  if (request.version_minor < 1) return malformed("A WebSocket needs HTTP/1.1.");
  if (!only_header(request, "Host")) return malformed("Exactly one Host is needed.");
  if (!http::header_has_token(request, "Connection", "upgrade")) {
    return malformed("Connection must name upgrade.");
  }
  if (only_header(request, "Sec-WebSocket-Version") != kVersion) {
    return HandshakeError{426, "upgrade_required", "Sec-WebSocket-Version must be 13."};
  }
  if (!is_key(only_header(request, "Sec-WebSocket-Key").value_or(""))) {
    return malformed("Sec-WebSocket-Key must be 16 bytes in base64, once.");
  }
  return std::nullopt;
}

}  // namespace

std::expected<HandshakeReply, HandshakeError> accept(const http::Request& request,
                                                     const HandshakeOptions& options) {
  if (const auto error = check(request)) return std::unexpected(*error);

  HandshakeReply reply{.accept_key = expected_accept(*request.header("Sec-WebSocket-Key"))};
  for (const std::string_view offered : offered_subprotocols(request)) {
    if (std::ranges::find(options.subprotocols, offered) == options.subprotocols.end()) continue;
    reply.subprotocol = offered;
    break;
  }
  return reply;
}

// One list, even where it comes in several headers; empty elements are passed over
// (RFC 9110 §5.6.1.2).
std::vector<std::string_view> offered_subprotocols(const http::Request& request) {
  std::vector<std::string_view> offered;
  for (const http::Header header : request.headers) {
    if (!http::equals_ignoring_case(header.name, "Sec-WebSocket-Protocol")) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view element = http::trim_blanks(rest.substr(0, comma));
      if (!element.empty()) offered.push_back(element);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return offered;
}

void add_refusal_headers(http::HeaderList& headers, const HandshakeError& error) {
  if (error.status == 405) headers.add("Allow", "GET");
  if (error.status == 426) {
    headers.add("Upgrade", "websocket");
    headers.add("Sec-WebSocket-Version", kVersion);
  }
}

void write_switching_protocols(std::string& out, const HandshakeReply& reply) {
  out +=
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  out += reply.accept_key;
  if (!reply.subprotocol.empty()) {
    out += "\r\nSec-WebSocket-Protocol: ";
    out += reply.subprotocol;
  }
  out += "\r\n\r\n";
}

void add_upgrade_headers(http::HeaderList& headers, std::string_view key) {
  headers.add("Upgrade", "websocket");
  headers.add("Connection", "Upgrade");
  headers.add("Sec-WebSocket-Version", kVersion);
  headers.add("Sec-WebSocket-Key", key);
}

bool is_agreed(const http::Response& response, std::string_view key) {
  return response.status == 101 &&
         http::equals_ignoring_case(response.headers.find("Upgrade").value_or(""), "websocket") &&
         response.headers.find("Sec-WebSocket-Accept") == expected_accept(key) &&
         !response.headers.find("Sec-WebSocket-Extensions");
}

std::string make_key() {
  std::array<unsigned char, kKeyBytes> nonce;
  const int is_filled = RAND_bytes(nonce.data(), static_cast<int>(nonce.size()));
  assert(is_filled == 1);
  return to_base64(nonce);
}

std::string expected_accept(std::string_view key) {
  const std::string text = std::string(key).append(kAcceptSuffix);
  std::array<unsigned char, 20> digest;
  const int is_digested =
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  assert(is_digested == 1);
  return to_base64(digest);
}

}  // namespace ringtalk::ws
