// The request target and what is encoded in it: path, query, percent-encoding (RFC 9112 §3.2,
// RFC 3986 §2.1). Pure functions for parser, router and handlers; views point into the argument.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace ringtalk::http {

struct TargetParts {
  std::string_view authority;  // only of an absolute target: "http://host:1/path"
  std::string_view path;       // begins with '/', or is "*"
  std::string_view query;
};

// Origin form, absolute form (http or https, without user information), and "*" for OPTIONS.
// Nothing for any other target, or one with a fragment.
[[nodiscard]] std::optional<TargetParts> split_target(Method method, std::string_view target);

// "a%20b" → "a b". Nothing for a '%' without two hexadecimal digits, or for %00.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

// The decoded parameters of a query.
class QueryParameters {
 public:
  static constexpr std::size_t kCountMax = 32;  // no call takes a dozen; keeps look-ups short

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return parameters_.size(); }

 private:
  friend std::expected<QueryParameters, RequestError> query_parameters(std::string_view query);

  struct Parameter {
    std::string name;
    std::string value;
  };
  std::vector<Parameter> parameters_;
};

// Reads "a=b&c=d"; '+' is a space, "a" is "a=", and an empty piece is passed over. Bad encodings,
// a repeated name and too many parameters are 400 malformed_request.
[[nodiscard]] std::expected<QueryParameters, RequestError> query_parameters(std::string_view query);

}  // namespace ringtalk::http
