#include "http/request_writer.h"

#include <cassert>

namespace ringtalk::http {
namespace {

// Request line, Host and Content-Length take less, but for target and host.
constexpr std::size_t kOwnBytesMax = 64;

constexpr std::size_t kSeparatorBytes = 4;  // ": " and CRLF of a field

constexpr std::string_view kLineBreaks("\r\n\0", 3);

bool is_target(std::string_view target) {
  return !target.empty() && !target.contains(' ') &&
         target.find_first_of(kLineBreaks) == std::string_view::npos;
}

// A line break in a value would begin a second request.
bool may_be_sent(const Header& field) {
  return !field.name.empty() && field.name.find_first_of(kLineBreaks) == std::string_view::npos &&
         field.value.find_first_of(kLineBreaks) == std::string_view::npos &&
         !equals_ignoring_case(field.name, "Host") &&
         !equals_ignoring_case(field.name, "Content-Length") &&
         !equals_ignoring_case(field.name, "Transfer-Encoding");
}

// RFC 9110 §8.6.
bool tells_its_length(const OutgoingRequest& request) {
  return !request.body.empty() || request.method == Method::kPost ||
         request.method == Method::kPut || request.method == Method::kPatch;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void write_request(std::string& out, const OutgoingRequest& request, std::string_view host) {
  assert(is_target(request.target));
  assert(host.find_first_of(kLineBreaks) == std::string_view::npos);
  out.reserve(out.size() + kOwnBytesMax + request.target.size() + host.size() +
              request.headers.text_bytes() + request.headers.size() * kSeparatorBytes +
              request.body.size());
  out.append(method_name(request.method)).append(" ").append(request.target);
  out.append(" HTTP/1.1\r\n");
  append_field(out, "Host", host);
  for (const Header field : request.headers) {
    assert(may_be_sent(field));
    append_field(out, field.name, field.value);
  }
  if (tells_its_length(request)) {
    append_field(out, "Content-Length", std::to_string(request.body.size()));
  }
  out.append("\r\n").append(request.body);
}

}  // namespace ringtalk::http
