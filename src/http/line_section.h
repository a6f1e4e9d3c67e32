// Collects a section of CRLF lines up to and including its blank line: a request head, or the
// trailers of a chunked body. It judges the line discipline more strictly than llhttp 8.1 does,
// because what two parsers split differently is how requests are smuggled (RFC 9112 §2.2, §11.2):
// no bare CR or LF, no control bytes but tab, no line that begins with a blank (obs-fold, §5.2).
// The answer does not depend on how the bytes were cut. Owner: RequestParser. No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ringtalk::http {

class LineSection {
 public:
  enum class Kind { head, trailers };  // a head begins with a request line, trailers do not
  enum class State { collecting, complete, malformed, request_line_too_long, fields_too_large };

  struct Bounds {
    std::size_t request_line_bytes_max = 0;  // without its CRLF
    std::size_t field_bytes_max = 0;         // all field lines with their CRLFs
    std::size_t field_count_max = 0;
  };

  LineSection(Kind kind, Bounds bounds) : kind_(kind), bounds_(bounds) {}

  // Takes bytes up to the end of the section or the first defect; returns how many it took.
  std::size_t feed(std::string_view bytes);

  [[nodiscard]] State state() const { return state_; }

  // Has nothing come yet?
  [[nodiscard]] bool is_untouched() const { return text_.empty(); }

  // The lines so far, without the blank line that may stand before a request line (RFC 9112 §2.2).
  [[nodiscard]] std::string_view text() const { return std::string_view(text_).substr(begin_); }

  // The request line without its CRLF. Only for a complete head.
  [[nodiscard]] std::string_view request_line() const {
    return text().substr(0, text().find('\r'));
  }

  // Ready for the next section; keeps its memory if that is no more than `kept_bytes_max`.
  void reset(std::size_t kept_bytes_max);

 private:
  void take_text(std::string_view run);
  void take_control(char byte);
  void end_line();
  [[nodiscard]] bool is_in_request_line() const {
    return kind_ == Kind::head && !request_line_is_over_;
  }

  Kind kind_;
  Bounds bounds_;
  State state_ = State::collecting;
  std::string text_;
  std::size_t begin_ = 0;
  std::size_t line_bytes_ = 0;   // of the line under way, without its CRLF
  std::size_t field_bytes_ = 0;  // of the field lines that are over
  std::size_t field_count_ = 0;
  bool request_line_is_over_ = false;
  bool is_after_cr_ = false;
};

}  // namespace ringtalk::http
