#include "loadgen/measure/payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace ringtalk::loadgen {

namespace {

constexpr std::string_view kMark = "rt1.";
constexpr std::string_view kMember = R"("content":"rt1.)";
constexpr std::string_view kLetters =
    "the quick brown fox jumps over the lazy dog and goes on its way ";

// Hex without leading zeros and a dot.
char* put(char* at, char* end, std::uint64_t value) {
  at = std::to_chars(at, end, value, 16).ptr;
  *at = '.';
  return at + 1;
}

class Fields {
 public:
  explicit Fields(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  std::optional<std::uint64_t> next(std::uint64_t max) {
    std::uint64_t value = 0;
    const auto [after, error] = std::from_chars(at_, end_, value, 16);
    if (error != std::errc() || after == end_ || *after != '.' || value > max) return std::nullopt;
    at_ = after + 1;
    return value;
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace

void append_payload(std::string& out, const Payload& payload, std::size_t bytes) {
  std::array<char, kPayloadBytesMin> fields;
  char* const end = fields.data() + fields.size();
  char* at = std::ranges::copy(kMark, fields.data()).out;
  at = put(at, end, payload.run);
  at = put(at, end, payload.sender);
  at = put(at, end, payload.number);
  at = put(at, end, static_cast<std::uint64_t>(payload.intended_ns));
  const std::size_t size_before = out.size();
  out.append(fields.data(), at);
  bytes = std::max(bytes, kPayloadBytesMin);
  while (out.size() - size_before < bytes)
    out.append(kLetters.substr(0, bytes - (out.size() - size_before)));
}

std::optional<Payload> read_payload(std::string_view content) {
  if (!content.starts_with(kMark)) return std::nullopt;
  Fields fields(content.substr(kMark.size()));
  constexpr std::uint64_t kIndexMax = std::numeric_limits<std::uint32_t>::max();
  const auto run = fields.next(kIndexMax);
  if (!run) return std::nullopt;
  const auto sender = fields.next(kIndexMax);
  if (!sender) return std::nullopt;
  const auto number = fields.next(std::numeric_limits<std::uint64_t>::max());
  if (!number) return std::nullopt;
  const auto intended = fields.next(std::numeric_limits<std::int64_t>::max());
  if (!intended) return std::nullopt;
  return Payload{.run = static_cast<std::uint32_t>(*run),
                 .sender = static_cast<std::uint32_t>(*sender),
                 .number = *number,
                 .intended_ns = static_cast<std::int64_t>(*intended)};
}

std::optional<Payload> find_payload(std::string_view event_text) {
  // A content cannot look like this member: its quotes would be escaped.
  const std::size_t found = event_text.find(kMember);
  if (found == std::string_view::npos) return std::nullopt;
  return read_payload(event_text.substr(found + kMember.size() - kMark.size()));
}

}  // namespace ringtalk::loadgen
