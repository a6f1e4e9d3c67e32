// One route's path: "/v1/conversations/{id}/messages", matched segment by segment.
//   literal   compared after percent-decoding, with case
//   {name}    one segment that is not empty: an id
//   {name...} only at the end: all that remains, still encoded, perhaps nothing (static files)
// Patterns are written in the source, so a wrong one is a bug and aborts at registration.
// Owner: Router. Immutable after construction.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::http {

// A request path cut at its slashes. One trailing slash makes no segment. "%2F" does not cut.
class PathSegments {
 public:
  // No pattern is longer; a longer path can only meet a {name...}.
  static constexpr std::size_t kPatternSegmentsMax = 8;

  // Nothing for a bad percent-encoding. `path` must outlive the segments.
  static std::optional<PathSegments> split(std::string_view path);

  // One more than kPatternSegmentsMax stands for any number.
  [[nodiscard]] std::size_t count() const { return count_; }
  // Decoded.
  [[nodiscard]] std::string_view operator[](std::size_t index) const;
  // From that segment to the end as sent, trailing slash included; empty past the last.
  [[nodiscard]] std::string_view rest(std::size_t index) const;

 private:
  struct Segment {
    std::string_view raw;
    std::string decoded;  // only where it differs from `raw`
  };

  std::string_view path_;
  std::array<Segment, kPatternSegmentsMax + 1> segments_;
  std::size_t count_ = 0;
};

// The values that a path gave to its pattern's names.
class PathParameters {
 public:
  void add(std::string_view name, std::string_view value);

  // Asking for a name that the pattern lacks is a bug and aborts.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return parameters_.size(); }

 private:
  struct Parameter {
    std::string_view name;  // in the pattern
    std::string value;
  };
  std::vector<Parameter> parameters_;
};

class PathPattern {
 public:
  explicit PathPattern(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool matches(const PathSegments& segments) const;
  // Of a path that matches.
  [[nodiscard]] PathParameters parameters(const PathSegments& segments) const;
  // Do all {name} segments of a path that matches have the form of an id: 1 to 40 of [0-9A-Za-z-]?
  [[nodiscard]] bool ids_are_well_formed(const PathSegments& segments) const;

  // Does this one go first where both match? A literal beats a parameter, which beats a rest.
  [[nodiscard]] bool is_more_specific_than(const PathPattern& other) const;
  // Do both match the same paths, under different names?
  [[nodiscard]] bool has_same_shape_as(const PathPattern& other) const;

 private:
  enum class Kind { literal, id, rest };
  struct Part {
    Kind kind;
    std::string text;  // the literal, or the name
  };
  static Part parse_part(std::string_view text);

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace ringtalk::http
