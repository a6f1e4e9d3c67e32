// Feeds bytes to a RequestParser in chosen cuts, as a connection does, and keeps what came out.
// For tests; the result owns what it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/request_parser.h"

namespace ringtalk::http {

struct Reading {
  RequestParser::Outcome outcome = RequestParser::Outcome::need_more;
  bool saw_headers_complete = false;
  std::size_t consumed = 0;  // of all bytes; 0 after an error, where it means nothing
  Request request;           // when complete
  RequestError error;        // when refused

  [[nodiscard]] bool is_complete() const { return outcome == RequestParser::Outcome::complete; }
};

// Cuts the bytes at every `piece_bytes`, the first time at `first_cut` if that is given.
struct Cuts {
  std::size_t piece_bytes = std::string_view::npos;
  std::size_t first_cut = 0;
};

inline Reading read_request(RequestParser& parser, std::string_view bytes, Cuts cuts = {}) {
  using Outcome = RequestParser::Outcome;
  Reading reading;
  std::size_t end = cuts.first_cut;  // of the bytes that have "arrived"
  while (reading.outcome == Outcome::need_more || reading.outcome == Outcome::headers_complete) {
    if (reading.outcome == Outcome::need_more && reading.consumed == end) {
      if (end == bytes.size()) break;
      end += std::min(cuts.piece_bytes, bytes.size() - end);
    }
    const auto progress = parser.feed(bytes.substr(reading.consumed, end - reading.consumed));
    reading.outcome = progress.outcome;
    reading.consumed += progress.consumed;
    if (progress.outcome == Outcome::headers_complete) reading.saw_headers_complete = true;
  }
  if (reading.outcome == Outcome::complete) reading.request = parser.request();
  if (reading.outcome == Outcome::error) {
    reading.error = parser.error();
    reading.consumed = 0;
  }
  return reading;
}

inline Reading read_request(std::string_view bytes, Cuts cuts = {},
                            const RequestLimits& limits = {}) {
  RequestParser parser(limits);
  return read_request(parser, bytes, cuts);
}

// Everything that must not depend on the cuts, in one text.
inline std::string describe(const Reading& reading) {
  const Request& request = reading.request;
  std::string text = "outcome " + std::to_string(static_cast<int>(reading.outcome)) +
                     " headers_complete " + std::to_string(reading.saw_headers_complete) +
                     " consumed " + std::to_string(reading.consumed) + " error " +
                     std::to_string(reading.error.status) + " " + std::string(reading.error.code) +
                     " " + reading.error.detail + "\n";
  if (!reading.is_complete()) return text;
  text.append(method_name(request.method)).append(" ").append(request.target).append("\n");
  text.append(request.path).append(" ? ").append(request.query).append("\n");
  text += "version " + std::to_string(request.version_minor) + " keep_alive " +
          std::to_string(request.keep_alive) + " expect_continue " +
          std::to_string(request.expect_continue) + " upgrade " +
          std::to_string(request.is_upgrade) + "\n";
  for (const Header field : request.headers) {
    text.append(field.name).append(": [").append(field.value).append("]\n");
  }
  return text.append(request.body);
}

}  // namespace ringtalk::http
