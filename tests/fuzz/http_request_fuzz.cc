// RequestParser under arbitrary bytes in arbitrary cuts. The first byte chooses the cuts; the rest
// is the stream of a connection, read request by request until one is refused or the bytes end.
// What must hold: every cut gives the same requests and the same refusal; no byte behind a request
// is taken; header fields are what a naive reading of the head finds; limits hold; what a parser
// accepts, router, query reader and writer can take.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../http/reading.h"
#include "http/response_writer.h"
#include "http/router.h"
#include "http/target.h"
#include "http/text.h"

namespace ringtalk::http {
namespace {

constexpr RequestLimits kLimits{.request_line_bytes_max = 128,
                                .header_bytes_max = 256,
                                .header_count_max = 8,
                                .body_bytes_max = 64};

void require(bool holds) {
  if (!holds) std::abort();
}

// The fields between the request line and the blank line, cut at CRLF and the first colon.
void require_same_fields(const Request& request, std::string_view head) {
  std::string_view rest = head.substr(head.find("HTTP/1."));
  rest.remove_prefix(rest.find("\r\n") + 2);
  for (const Header field : request.headers) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(':');
    require(field.name == line.substr(0, colon));
    require(field.value == trim_blanks(line.substr(colon + 1)));
  }
  require(rest.starts_with("\r\n"));
}

void use(const Request& request) {
  static const Router<int> router = [] {
    Router<int> made;
    made.add(Method::kGet, "/a/{id}", 1);
    made.add(Method::kPost, "/a/{id}/b/{rest...}", 2);
    return made;
  }();
  static_cast<void>(router.match(request.method, request.path));
  static_cast<void>(query_parameters(request.query));

  Response response{.status = 404};
  response.headers.add("X-Echo", request.header("Host").value_or(""));
  std::string out;
  write_response(out, response,
                 {.version_minor = request.version_minor, .keep_alive = request.keep_alive});
  require(out.ends_with("\r\n\r\n"));
}

void run(std::string_view stream, std::size_t piece_bytes) {
  RequestParser parser(kLimits);
  while (true) {
    const Reading reading = read_request(parser, stream, {.piece_bytes = piece_bytes});
    const Reading whole = read_request(stream, {}, kLimits);
    require(describe(reading) == describe(whole));
    if (!reading.is_complete()) return;

    require(reading.consumed <= stream.size());
    require(reading.request.body.size() <= kLimits.body_bytes_max);
    require(read_request(stream.substr(0, reading.consumed), {}, kLimits).is_complete());
    require(!read_request(stream.substr(0, reading.consumed - 1), {}, kLimits).is_complete());
    require_same_fields(reading.request, stream.substr(0, reading.consumed));
    use(reading.request);
    stream.remove_prefix(reading.consumed);
    parser.reset();
  }
}

}  // namespace
}  // namespace ringtalk::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  ringtalk::http::run(stream, std::size_t{1} + data[0] % 64);
  return 0;
}
