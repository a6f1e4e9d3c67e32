#include "http/target.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "http/text.h"

namespace ringtalk::http {
namespace {

// The text before and after the first `separator`; all of it and nothing when there is none.
std::pair<std::string_view, std::string_view> split_at_first(std::string_view text,
                                                             char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::optional<unsigned> hexadecimal_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}

std::optional<std::string> decode_form_text(std::string_view encoded) {
  std::string spaced(encoded);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

std::unexpected<RequestError> malformed(std::string_view detail) {
  return std::unexpected(malformed_request(detail));
}

}  // namespace

std::optional<TargetParts> split_target(Method method, std::string_view target) {
  if (target.contains('#')) return std::nullopt;
  if (target == "*" && method == Method::kOptions) return TargetParts{.path = target};

  TargetParts parts;
  if (!target.starts_with('/')) {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) {
      return std::nullopt;
    }
    target.remove_prefix(scheme_end + 3);
    parts.authority = target.substr(0, target.find_first_of("/?"));
    if (parts.authority.empty() || parts.authority.contains('@')) return std::nullopt;
    target.remove_prefix(parts.authority.size());
  }
  std::tie(parts.path, parts.query) = split_at_first(target, '?');
  if (parts.path.empty()) parts.path = "/";  // "http://host" asks for the root (RFC 9110 §4.2.3)
  return parts;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hexadecimal_value(text[at + 1]);
    const auto low = hexadecimal_value(text[at + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    decoded += static_cast<char>(*high << 4 | *low);
    at += 2;
  }
  return decoded;
}

std::optional<std::string_view> QueryParameters::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  if (found == parameters_.end()) return std::nullopt;
  return found->value;
}

std::expected<QueryParameters, RequestError> query_parameters(std::string_view query) {
  QueryParameters result;
  while (!query.empty()) {
    const auto [piece, rest] = split_at_first(query, '&');
    query = rest;
    if (piece.empty()) continue;
    const auto [encoded_name, encoded_value] = split_at_first(piece, '=');
    auto name = decode_form_text(encoded_name);
    auto value = decode_form_text(encoded_value);
    if (!name || !value) return malformed("The query has a bad percent-encoding.");
    if (result.find(*name)) return malformed("The query has a parameter twice.");
    if (result.size() == QueryParameters::kCountMax) {
      return malformed("The query has too many parameters.");
    }
    result.parameters_.push_back({std::move(*name), std::move(*value)});
  }
  return result;
}

}  // namespace ringtalk::http
