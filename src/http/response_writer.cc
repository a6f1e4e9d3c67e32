#include "http/response_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

namespace ringtalk::http {
namespace {

constexpr int kSwitchingProtocols = 101;
constexpr int kUpgradeRequired = 426;

// Status line, the writer's own fields and the blank line take less.
constexpr std::size_t kOwnBytesMax = 192;

constexpr std::size_t kSeparatorBytes = 4;  // ": " and CRLF of a field

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr auto kReasons = std::to_array<Reason>({
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});

// RFC 9110 §6.4.1.
bool can_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// The safety of the whole stream hangs on this: a line break in a value begins a second response.
bool may_be_sent(const Header& field, int status) {
  constexpr std::string_view kLineBreaks("\r\n\0", 3);
  if (field.name.empty() || field.name.find_first_of(kLineBreaks) != std::string_view::npos ||
      field.value.find_first_of(kLineBreaks) != std::string_view::npos) {
    return false;
  }
  if (equals_ignoring_case(field.name, "Connection")) return status == kSwitchingProtocols;
  return !equals_ignoring_case(field.name, "Date") &&
         !equals_ignoring_case(field.name, "Content-Length") &&
         !equals_ignoring_case(field.name, "Transfer-Encoding");
}

void append_connection(std::string& out, const Response& response, const ResponseContext& context) {
  if (response.status == kSwitchingProtocols) return;
  const bool closes = response.close || !context.keep_alive;
  // Whoever sends Upgrade names it here (RFC 9110 §7.8).
  if (response.status == kUpgradeRequired) {
    append_field(out, "Connection", closes ? "upgrade, close" : "upgrade");
  } else if (closes) {
    append_field(out, "Connection", "close");
  } else if (context.version_minor == 0) {
    append_field(out, "Connection", "keep-alive");
  }
}

}  // namespace

void write_response(std::string& out, const Response& response, const ResponseContext& context) {
  const bool has_body = can_have_body(response.status);
  assert(response.status >= 100 && response.status <= 599);
  assert(has_body || response.body.empty());

  out.reserve(out.size() + kOwnBytesMax + response.headers.text_bytes() +
              response.headers.size() * kSeparatorBytes + response.body.size());
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  append_field(out, "Date", context.date);
  for (const Header field : response.headers) {
    assert(may_be_sent(field, response.status));
    append_field(out, field.name, field.value);
  }
  if (has_body) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  append_connection(out, response, context);
  out.append("\r\n");
  if (!context.is_head) out.append(response.body);
}

void write_continue(std::string& out) {
  out.append("HTTP/1.1 100 Continue\r\n\r\n");
}

std::string http_date(std::chrono::system_clock::time_point time) {
  using std::chrono::floor;
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(time - day));
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string_view reason_phrase(int status) {
  const auto found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? std::string_view() : found->phrase;
}

}  // namespace ringtalk::http
