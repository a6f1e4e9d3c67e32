// ResponseParser under arbitrary bytes in arbitrary cuts. The first byte chooses the cuts, the
// second the method that is answered; the rest is the stream of a connection, read response by
// response until one is refused or the bytes end. What must hold: every cut gives the same
// responses, no byte behind one is taken, and limits hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../http/response_reading.h"

namespace ringtalk::http {
namespace {

constexpr ResponseLimits kLimits{.header_bytes_max = 256, .body_bytes_max = 64};

void require(bool holds) {
  if (!holds) std::abort();
}

void run(std::string_view stream, Method method, std::size_t piece_bytes) {
  while (!stream.empty()) {
    const ResponseReading whole = read_response(stream, method, stream.size(), kLimits);
    const ResponseReading pieces = read_response(stream, method, piece_bytes, kLimits);
    require(describe(whole) == describe(pieces));
    if (whole.outcome != ResponseParser::Outcome::complete) {
      require(describe(read_response(stream, method, stream.size(), kLimits, true)) ==
              describe(read_response(stream, method, piece_bytes, kLimits, true)));
      return;
    }
    require(whole.consumed > 0 && whole.consumed <= stream.size());
    require(whole.response.body.size() <= kLimits.body_bytes_max);
    require(whole.response.headers.text_bytes() <= kLimits.header_bytes_max);
    require(read_response(stream.substr(0, whole.consumed), method, piece_bytes, kLimits).outcome ==
            ResponseParser::Outcome::complete);
    stream.remove_prefix(whole.consumed);
  }
}

}  // namespace
}  // namespace ringtalk::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringtalk::http;
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  run(stream, kMethods[data[1] % kMethods.size()], std::size_t{1} + data[0] % 64);
  return 0;
}
