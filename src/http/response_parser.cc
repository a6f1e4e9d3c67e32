#include "http/response_parser.h"

#include <utility>

#include "http/text.h"

namespace ringtalk::http {
namespace {

constexpr int kSwitchingProtocols = 101;

// What llhttp's callbacks return.
constexpr int kGoOn = 0;
constexpr int kNoBody = 1;            // of on_headers_complete
constexpr int kNoBodyAndUpgrade = 2;  // of on_headers_complete
constexpr int kStop = -1;

}  // namespace

struct ResponseParser::Callbacks {
  static ResponseParser& parser(llhttp_t* llhttp) {
    return *static_cast<ResponseParser*>(llhttp->data);
  }

  static int on_status(llhttp_t* llhttp, const char*, std::size_t length) {
    return parser(llhttp).add_head_bytes(length) ? kGoOn : kStop;
  }

  static int on_header_field(llhttp_t* llhttp, const char* at, std::size_t length) {
    ResponseParser& self = parser(llhttp);
    self.header_name_.append(at, length);
    return self.add_head_bytes(length) ? kGoOn : kStop;
  }

  static int on_header_value(llhttp_t* llhttp, const char* at, std::size_t length) {
    ResponseParser& self = parser(llhttp);
    self.header_value_.append(at, length);
    return self.add_head_bytes(length) ? kGoOn : kStop;
  }

  // Trailers come here too; they are counted and dropped.
  static int on_header_value_complete(llhttp_t* llhttp) {
    ResponseParser& self = parser(llhttp);
    const bool is_trailer = (llhttp->flags & F_TRAILING) != 0;
    if (!is_trailer) {
      self.response_.headers.add(self.header_name_, trim_blanks(self.header_value_));
    }
    self.header_name_.clear();
    self.header_value_.clear();
    return kGoOn;
  }

  static int on_headers_complete(llhttp_t* llhttp) {
    ResponseParser& self = parser(llhttp);
    self.response_.status = llhttp->status_code;
    if (llhttp->status_code == kSwitchingProtocols) return kNoBodyAndUpgrade;
    return self.method_ == Method::kHead ? kNoBody : kGoOn;
  }

  static int on_body(llhttp_t* llhttp, const char* at, std::size_t length) {
    ResponseParser& self = parser(llhttp);
    if (length > self.limits_.body_bytes_max - self.response_.body.size()) {
      self.fail("the body is larger than we take");
      return kStop;
    }
    self.response_.body.append(at, length);
    return kGoOn;
  }

  static int on_message_complete(llhttp_t* llhttp) { return parser(llhttp).end_message(); }

  static const llhttp_settings_t* settings() {
    static const llhttp_settings_t table = [] {
      llhttp_settings_t settings;
      llhttp_settings_init(&settings);
      settings.on_status = on_status;
      settings.on_header_field = on_header_field;
      settings.on_header_value = on_header_value;
      settings.on_header_value_complete = on_header_value_complete;
      settings.on_headers_complete = on_headers_complete;
      settings.on_body = on_body;
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return &table;
  }
};

ResponseParser::ResponseParser(const ResponseLimits& limits) : limits_(limits) {
  llhttp_init(&llhttp_, HTTP_RESPONSE, Callbacks::settings());
  llhttp_.data = this;
}

void ResponseParser::expect(Method method) {
  llhttp_reset(&llhttp_);
  response_.status = 0;
  response_.headers.clear();
  response_.body.clear();
  response_.close = false;
  header_name_.clear();
  header_value_.clear();
  head_bytes_ = 0;
  error_.clear();
  method_ = method;
  outcome_ = Outcome::need_more;
}

ResponseParser::Progress ResponseParser::feed(std::string_view bytes) {
  if (outcome_ != Outcome::need_more || bytes.empty()) return {.outcome = outcome_};
  const llhttp_errno_t result = llhttp_execute(&llhttp_, bytes.data(), bytes.size());
  if (result == HPE_OK) return {.outcome = outcome_, .consumed = bytes.size()};
  const bool is_whole =
      outcome_ == Outcome::complete && (result == HPE_PAUSED || result == HPE_PAUSED_UPGRADE);
  if (!is_whole) return {.outcome = fail(llhttp_errno_name(result))};
  return {.outcome = outcome_,
          .consumed = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - bytes.data())};
}

ResponseParser::Outcome ResponseParser::finish() {
  if (outcome_ != Outcome::need_more) return outcome_;
  const llhttp_errno_t result = llhttp_finish(&llhttp_);
  if (outcome_ == Outcome::complete) return outcome_;
  return fail(result == HPE_OK ? "the connection ended before a response"
                               : "the connection ended within a response");
}

bool ResponseParser::add_head_bytes(std::size_t bytes) {
  head_bytes_ += bytes;
  if (head_bytes_ <= limits_.header_bytes_max) return true;
  fail("the head is larger than we take");
  return false;
}

// An interim response is followed by the one that we wait for.
int ResponseParser::end_message() {
  if (response_.status < 200 && response_.status != kSwitchingProtocols) {
    response_.headers.clear();
    return kGoOn;
  }
  response_.close = llhttp_should_keep_alive(&llhttp_) == 0;
  outcome_ = Outcome::complete;
  return HPE_PAUSED;
}

ResponseParser::Outcome ResponseParser::fail(std::string why) {
  if (error_.empty()) error_ = std::move(why);
  outcome_ = Outcome::error;
  return outcome_;
}

}  // namespace ringtalk::http
