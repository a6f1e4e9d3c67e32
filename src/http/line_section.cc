#include "http/line_section.h"

#include <algorithm>
#include <array>

namespace ringtalk::http {
namespace {

// Text: tab, space, visible ASCII and obs-text (RFC 9110 §5.5). All else is a control byte.
constexpr auto kIsText = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  }
  return table;
}();

constexpr bool is_text(char byte) {
  return kIsText[static_cast<unsigned char>(byte)];
}

constexpr std::size_t kCrlfBytes = 2;

}  // namespace

std::size_t LineSection::feed(std::string_view bytes) {
  auto at = bytes.begin();
  while (at != bytes.end() && state_ == State::collecting) {
    const auto run_end = std::find_if_not(at, bytes.end(), is_text);
    if (run_end != at) {
      take_text({at, run_end});
      at = run_end;
    } else {
      take_control(*at++);
    }
  }
  const auto taken = static_cast<std::size_t>(at - bytes.begin());
  text_.append(bytes.substr(0, taken));
  return taken;
}

void LineSection::reset(std::size_t kept_bytes_max) {
  std::string memory = std::move(text_);
  *this = LineSection(kind_, bounds_);
  if (memory.capacity() > kept_bytes_max) return;
  memory.clear();
  text_ = std::move(memory);
}

void LineSection::take_text(std::string_view run) {
  const bool begins_line = line_bytes_ == 0;
  const bool begins_with_blank = begins_line && (run.front() == ' ' || run.front() == '\t');
  if (is_after_cr_ || begins_with_blank) {
    state_ = State::malformed;
    return;
  }
  line_bytes_ += run.size();
  if (is_in_request_line()) {
    if (line_bytes_ > bounds_.request_line_bytes_max) state_ = State::request_line_too_long;
    return;
  }
  if (begins_line) ++field_count_;
  if (field_count_ > bounds_.field_count_max ||
      field_bytes_ + line_bytes_ + kCrlfBytes > bounds_.field_bytes_max) {
    state_ = State::fields_too_large;
  }
}

void LineSection::take_control(char byte) {
  if (byte == '\r' && !is_after_cr_) {
    is_after_cr_ = true;
  } else if (byte == '\n' && is_after_cr_) {
    is_after_cr_ = false;
    end_line();
  } else {
    state_ = State::malformed;
  }
}

void LineSection::end_line() {
  const bool is_blank = line_bytes_ == 0;
  if (is_in_request_line()) {
    if (!is_blank) {
      request_line_is_over_ = true;
    } else if (begin_ == 0) {
      begin_ = kCrlfBytes;  // one blank line before the request line is forgiven
    } else {
      state_ = State::malformed;
    }
  } else if (is_blank) {
    state_ = State::complete;
  } else {
    field_bytes_ += line_bytes_ + kCrlfBytes;
  }
  line_bytes_ = 0;
}

}  // namespace ringtalk::http
