// Feeds bytes to a ResponseParser in chosen cuts, as a connection does, and keeps what came out.
// For tests; the result owns what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/response_parser.h"

namespace ringtalk::http {

struct ResponseReading {
  ResponseParser::Outcome outcome = ResponseParser::Outcome::need_more;
  std::size_t consumed = 0;  // when complete
  Response response;         // when complete
  std::string error;
};

/// `ends`: the peer finishes sending behind `bytes`.
inline ResponseReading read_response(std::string_view bytes, Method method = Method::kGet,
                                     std::size_t piece_bytes = std::string_view::npos,
                                     const ResponseLimits& limits = {}, bool ends = false) {
  using Outcome = ResponseParser::Outcome;
  ResponseParser parser(limits);
  parser.expect(method);
  ResponseReading reading;
  std::size_t at = 0;
  while (reading.outcome == Outcome::need_more && at < bytes.size()) {
    const auto progress = parser.feed(bytes.substr(at, piece_bytes));
    reading.outcome = progress.outcome;
    at += progress.consumed;
  }
  if (ends && reading.outcome == Outcome::need_more) reading.outcome = parser.finish();
  if (reading.outcome == Outcome::complete) {
    reading.consumed = at;
    reading.response = parser.response();
  }
  reading.error = parser.error();
  return reading;
}

/// Everything that must not depend on the cuts, in one text.
inline std::string describe(const ResponseReading& reading) {
  std::string text = "outcome " + std::to_string(static_cast<int>(reading.outcome)) + " consumed " +
                     std::to_string(reading.consumed);
  if (reading.outcome != ResponseParser::Outcome::complete) return text;
  const Response& response = reading.response;
  text += " status " + std::to_string(response.status) + " close " +
          std::to_string(response.close) + "\n";
  for (const Header field : response.headers) {
    text.append(field.name).append(": [").append(field.value).append("]\n");
  }
  return text.append(response.body);
}

}  // namespace ringtalk::http
