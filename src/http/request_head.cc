#include "http/request_head.h"

#include <algorithm>
#include <optional>

#include "http/target.h"
#include "http/text.h"

namespace ringtalk::http {
namespace {

std::unexpected<RequestError> malformed(std::string_view detail) {
  return std::unexpected(malformed_request(detail));
}

std::unexpected<RequestError> not_implemented(std::string_view detail) {
  return std::unexpected(
      RequestError{.status = 501, .code = "not_implemented", .detail = std::string(detail)});
}

std::optional<Method> find_method(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name, method_name);
  if (found == kMethods.end()) return std::nullopt;
  return *found;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

// uri-host [ ":" port ], judged by its characters (RFC 9110 §7.2).
bool is_host(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || std::string_view("-._~!$&'()*+,;=:[]%").contains(c);
  });
}

std::size_t count_fields(const HeaderList& headers, std::string_view name) {
  std::size_t count = 0;
  for (const Header field : headers) count += equals_ignoring_case(field.name, name) ? 1 : 0;
  return count;
}

HeadVerdict check_host(const Request& request, std::string_view target_authority) {
  const std::size_t count = count_fields(request.headers, "Host");
  if (count > 1 || (count == 0 && request.version_minor == 1)) {
    return malformed("A request needs exactly one Host header.");
  }
  const std::string_view host = request.header("Host").value_or(target_authority);
  if (!is_host(host)) return malformed("The host is malformed.");
  if (!target_authority.empty() && !equals_ignoring_case(host, target_authority)) {
    return malformed("The Host header differs from the request target.");
  }
  return {};
}

}  // namespace

HeadVerdict read_request_line(std::string_view line, Request& request) {
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == target_end) return malformed("The request line is malformed.");

  const std::string_view name = line.substr(0, method_end);
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!is_token(name) || target.contains(' ') || !is_version(version)) {
    return malformed("The request line is malformed.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return std::unexpected(RequestError{.status = 505,
                                        .code = "http_version",
                                        .detail = "This server speaks HTTP/1.0 and HTTP/1.1."});
  }
  const std::optional<Method> method = find_method(name);
  if (!method) return not_implemented("This server does not implement that method.");

  request.method = *method;
  request.target = target;
  request.version_minor = version.back() - '0';
  return {};
}

HeadVerdict read_target(Request& request) {
  const std::optional<TargetParts> parts = split_target(request.method, request.target);
  if (!parts) return malformed("The request target is malformed.");
  request.path = parts->path;
  request.query = parts->query;
  return check_host(request, parts->authority);
}

HeadVerdict check_transfer_encoding(const Request& request) {
  const std::optional<std::string_view> coding = request.header("Transfer-Encoding");
  if (!coding) return {};
  if (request.header("Content-Length")) {
    return malformed("Content-Length and Transfer-Encoding exclude each other.");
  }
  if (request.version_minor == 0) return malformed("HTTP/1.0 knows no Transfer-Encoding.");
  if (!equals_ignoring_case(*coding, "chunked") ||
      count_fields(request.headers, "Transfer-Encoding") > 1) {
    return not_implemented("The only transfer coding here is chunked.");
  }
  return {};
}

}  // namespace ringtalk::http
