#include "http/request_parser.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "http/text.h"

namespace ringtalk::http {
namespace {

// Size, extensions and CRLF of a chunk. Extensions mean nothing here, so none needs to be long.
constexpr std::size_t kChunkLineBytesMax = 256;

// What a parser keeps between two requests. Ordinary requests fit, so they allocate nothing; one
// large request must not hold its memory for as long as its connection idles.
constexpr std::size_t kKeptBytesMax = 4 * 1024;

}  // namespace

struct RequestParser::Callbacks {
  static RequestParser& parser(llhttp_t* llhttp) {
    return *static_cast<RequestParser*>(llhttp->data);
  }

  static int on_header_field(llhttp_t* llhttp, const char* at, std::size_t length) {
    parser(llhttp).header_name_ = {at, length};
    return 0;
  }

  static int on_header_value(llhttp_t* llhttp, const char* at, std::size_t length) {
    parser(llhttp).header_value_ = {at, length};
    return 0;
  }

  static int on_header_value_complete(llhttp_t* llhttp) {
    RequestParser& self = parser(llhttp);
    if (self.phase_ != Phase::head) return 0;  // a trailer
    if (self.header_name_.empty()) return -1;  // llhttp lets it pass
    self.request_.headers.add(self.header_name_, trim_blanks(self.header_value_));
    return 0;
  }

  static int on_headers_complete(llhttp_t*) { return HPE_PAUSED; }

  // Pauses around each chunk line, so that take_chunks() knows where it begins and ends.
  static int on_chunk_header(llhttp_t* llhttp) {
    parser(llhttp).is_in_chunk_line_ = false;
    return HPE_PAUSED;
  }

  static int on_body(llhttp_t* llhttp, const char* at, std::size_t length) {
    parser(llhttp).append_body({at, length});
    return 0;
  }

  static int on_chunk_complete(llhttp_t* llhttp) {
    RequestParser& self = parser(llhttp);
    if (self.phase_ != Phase::chunked_body) return 0;
    self.is_in_chunk_line_ = true;
    self.chunk_line_bytes_ = 0;
    return HPE_PAUSED;
  }

  static int on_message_complete(llhttp_t* llhttp) {
    parser(llhttp).phase_ = Phase::complete;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t table = [] {
      llhttp_settings_t settings;
      llhttp_settings_init(&settings);
      settings.on_header_field = on_header_field;
      settings.on_header_value = on_header_value;
      settings.on_header_value_complete = on_header_value_complete;
      settings.on_headers_complete = on_headers_complete;
      settings.on_chunk_header = on_chunk_header;
      settings.on_body = on_body;
      settings.on_chunk_complete = on_chunk_complete;
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return &table;
  }
};

RequestParser::RequestParser(const RequestLimits& limits)
    : limits_(limits),
      head_(LineSection::Kind::head, {.request_line_bytes_max = limits.request_line_bytes_max,
                                      .field_bytes_max = limits.header_bytes_max,
                                      .field_count_max = limits.header_count_max}),
      trailers_(LineSection::Kind::trailers, {.field_bytes_max = limits.header_bytes_max,
                                              .field_count_max = limits.header_count_max}),
      body_bytes_max_(limits.body_bytes_max) {
  llhttp_init(&llhttp_, HTTP_REQUEST, Callbacks::settings());
  llhttp_.data = this;
}

RequestParser::Progress RequestParser::feed(std::string_view bytes) {
  const std::size_t offered = bytes.size();
  const auto progress = [&](Outcome outcome) {
    return Progress{.outcome = outcome, .consumed = offered - bytes.size()};
  };

  if (phase_ == Phase::head) {
    take_head(bytes);
    if (phase_ == Phase::body_announced) return progress(Outcome::headers_complete);
  }
  if (phase_ == Phase::body_announced) begin_body();
  if (phase_ == Phase::counted_body) take_counted_body(bytes);
  if (phase_ == Phase::chunked_body) take_chunks(bytes);
  if (phase_ == Phase::trailers) take_trailers(bytes);

  if (phase_ == Phase::complete) return progress(Outcome::complete);
  if (phase_ == Phase::failed) return progress(Outcome::error);
  return progress(Outcome::need_more);
}

void RequestParser::reset() {
  llhttp_reset(&llhttp_);
  head_.reset(kKeptBytesMax);
  trailers_.reset(kKeptBytesMax);

  // Assignment would give the memory away: empty each part instead.
  request_.target.clear();
  request_.path.clear();
  request_.query.clear();
  request_.headers.clear();
  request_.body.clear();
  if (request_.body.capacity() > kKeptBytesMax) request_.body.shrink_to_fit();
  if (request_.headers.text_bytes_kept() > kKeptBytesMax) request_.headers = {};

  phase_ = Phase::head;
  error_ = {};
  body_bytes_max_ = limits_.body_bytes_max;
  body_bytes_ = 0;
  keeps_body_ = true;
  is_chunked_ = false;
  content_length_ = 0;
  is_in_chunk_line_ = true;
  chunk_line_bytes_ = 0;
}

void RequestParser::take_head(std::string_view& bytes) {
  if (collect(head_, bytes)) finish_head();
}

// The whole head is here. llhttp reads it in one piece, so that its callbacks see whole fields.
void RequestParser::finish_head() {
  if (!accept(read_request_line(head_.request_line(), request_))) return;

  const std::string_view head = head_.text();
  const llhttp_errno_t result = llhttp_execute(&llhttp_, head.data(), head.size());
  if (result != HPE_PAUSED) {
    return fail_malformed(result == HPE_INVALID_URL ? "The request target is malformed."
                                                    : "The header fields are malformed.");
  }
  if (!accept(read_target(request_)) || !accept(check_transfer_encoding(request_))) return;

  is_chunked_ = (llhttp_.flags & F_CHUNKED) != 0;
  content_length_ = llhttp_.content_length;
  const bool has_body = is_chunked_ || content_length_ > 0;
  const bool is_http_1_1 = request_.version_minor == 1;
  request_.keep_alive = llhttp_should_keep_alive(&llhttp_) != 0;
  request_.is_upgrade = llhttp_.upgrade != 0 && is_http_1_1 && !has_body;
  request_.expect_continue =
      is_http_1_1 && has_body && header_has_token(request_, "Expect", "100-continue");
  phase_ = has_body ? Phase::body_announced : Phase::complete;
}

// The caller has seen the head, and the body limit is final.
void RequestParser::begin_body() {
  if (is_chunked_) {
    llhttp_resume(&llhttp_);
    phase_ = Phase::chunked_body;
  } else if (content_length_ > body_bytes_max_) {
    fail_too_large();
  } else {
    phase_ = Phase::counted_body;
  }
}

void RequestParser::take_counted_body(std::string_view& bytes) {
  const std::uint64_t missing = content_length_ - body_bytes_;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, bytes.size()));
  append_body(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  if (body_bytes_ == content_length_) phase_ = Phase::complete;
}

void RequestParser::take_chunks(std::string_view& bytes) {
  while (phase_ == Phase::chunked_body && !bytes.empty()) {
    const bool began_in_chunk_line = is_in_chunk_line_;
    const llhttp_errno_t result = llhttp_execute(&llhttp_, bytes.data(), bytes.size());
    std::size_t taken = bytes.size();
    if (result == HPE_PAUSED) {
      taken = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - bytes.data());
      llhttp_resume(&llhttp_);
    } else if (result != HPE_OK) {
      return fail_malformed("A chunk is malformed.");
    }
    bytes.remove_prefix(taken);
    if (began_in_chunk_line) count_chunk_line(taken);
  }
}

void RequestParser::count_chunk_line(std::size_t bytes) {
  chunk_line_bytes_ += bytes;
  if (chunk_line_bytes_ > kChunkLineBytesMax) {
    fail_malformed("A chunk is malformed.");
  } else if (is_in_chunk_line_) {
    return;  // not over yet
  } else if (const std::uint64_t chunk_bytes = llhttp_.content_length; chunk_bytes == 0) {
    phase_ = Phase::trailers;
  } else if (chunk_bytes > body_bytes_max_ - body_bytes_) {
    fail_too_large();
  }
}

void RequestParser::take_trailers(std::string_view& bytes) {
  if (!collect(trailers_, bytes)) return;
  const std::string_view trailers = trailers_.text();
  llhttp_execute(&llhttp_, trailers.data(), trailers.size());
  if (phase_ != Phase::complete) fail_malformed("The trailer fields are malformed.");
}

// True when the section is complete.
bool RequestParser::collect(LineSection& section, std::string_view& bytes) {
  bytes.remove_prefix(section.feed(bytes));
  switch (section.state()) {
    case LineSection::State::collecting:
      return false;
    case LineSection::State::complete:
      return true;
    case LineSection::State::malformed:
      fail_malformed("Lines end with CRLF, and hold neither control bytes nor folds.");
      return false;
    case LineSection::State::request_line_too_long:
      fail({.status = 414, .code = "uri_too_long", .detail = "The request line is too long."});
      return false;
    case LineSection::State::fields_too_large:
      fail({.status = 431,
            .code = "headers_too_large",
            .detail = "The header fields are too many or too large."});
      return false;
  }
  __builtin_unreachable();
}

void RequestParser::append_body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (keeps_body_) request_.body.append(bytes);
}

bool RequestParser::accept(const HeadVerdict& verdict) {
  if (!verdict) fail(verdict.error());
  return verdict.has_value();
}

void RequestParser::fail(RequestError error) {
  assert(phase_ != Phase::failed);
  phase_ = Phase::failed;
  error_ = std::move(error);
}

void RequestParser::fail_malformed(std::string_view detail) {
  fail(malformed_request(detail));
}

void RequestParser::fail_too_large() {
  fail({.status = 413, .code = "too_large", .detail = "The body is too large."});
}

}  // namespace ringtalk::http
