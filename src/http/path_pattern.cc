#include "http/path_pattern.h"

#include <algorithm>
#include <cassert>

#include "http/target.h"
#include "http/text.h"

namespace ringtalk::http {
namespace {

constexpr std::size_t kIdBytesMax = 40;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

std::optional<PathSegments> PathSegments::split(std::string_view path) {
  PathSegments segments;
  segments.path_ = path;
  // A bad encoding counts wherever it stands, also behind the segments that are kept.
  const bool is_encoded = path.contains('%');
  if (is_encoded && !percent_decode(path)) return std::nullopt;

  while (path.size() > 1 && segments.count_ < segments.segments_.size()) {
    path.remove_prefix(1);  // the slash
    Segment& segment = segments.segments_[segments.count_++];
    segment.raw = path.substr(0, path.find('/'));
    if (segment.raw.contains('%')) segment.decoded = *percent_decode(segment.raw);
    path.remove_prefix(segment.raw.size());
  }
  return segments;
}

std::string_view PathSegments::operator[](std::size_t index) const {
  const Segment& segment = segments_[index];
  return segment.decoded.empty() ? segment.raw : std::string_view(segment.decoded);
}

std::string_view PathSegments::rest(std::size_t index) const {
  if (index >= count_) return {};
  return path_.substr(static_cast<std::size_t>(segments_[index].raw.data() - path_.data()));
}

void PathParameters::add(std::string_view name, std::string_view value) {
  parameters_.push_back({name, std::string(value)});
}

std::string_view PathParameters::operator[](std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  assert(found != parameters_.end());
  return found->value;
}

PathPattern::PathPattern(std::string_view text) : text_(text) {
  assert(text.starts_with('/'));
  while (text.size() > 1) {
    text.remove_prefix(1);
    const std::string_view part = text.substr(0, text.find('/'));
    text.remove_prefix(part.size());
    parts_.push_back(parse_part(part));
    assert(parts_.back().kind != Kind::rest || text.empty());
    assert(text != "/");  // patterns are written without the trailing slash
  }
  assert(parts_.size() <= PathSegments::kPatternSegmentsMax);
}

PathPattern::Part PathPattern::parse_part(std::string_view text) {
  if (!text.starts_with('{')) {
    assert(!text.empty() && text.find_first_of("{}%?#") == std::string_view::npos);
    return {Kind::literal, std::string(text)};
  }
  assert(text.ends_with('}'));
  std::string_view name = text.substr(1, text.size() - 2);
  const bool is_rest = name.ends_with("...");
  if (is_rest) name.remove_suffix(3);
  assert(!name.empty() && std::ranges::all_of(name, is_alphanumeric));
  return {is_rest ? Kind::rest : Kind::id, std::string(name)};
}

bool PathPattern::matches(const PathSegments& segments) const {
  const bool has_rest = !parts_.empty() && parts_.back().kind == Kind::rest;
  const std::size_t fixed_count = parts_.size() - (has_rest ? 1 : 0);
  if (segments.count() < fixed_count || (segments.count() > fixed_count && !has_rest)) return false;
  for (std::size_t i = 0; i < fixed_count; ++i) {
    const bool fits =
        parts_[i].kind == Kind::literal ? segments[i] == parts_[i].text : !segments[i].empty();
    if (!fits) return false;
  }
  return true;
}

PathParameters PathPattern::parameters(const PathSegments& segments) const {
  PathParameters parameters;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].kind == Kind::id) parameters.add(parts_[i].text, segments[i]);
    if (parts_[i].kind == Kind::rest) parameters.add(parts_[i].text, segments.rest(i));
  }
  return parameters;
}

bool PathPattern::ids_are_well_formed(const PathSegments& segments) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].kind == Kind::id && !is_id(segments[i])) return false;
  }
  return true;
}

bool PathPattern::is_more_specific_than(const PathPattern& other) const {
  return std::ranges::lexicographical_compare(parts_, other.parts_, {}, &Part::kind, &Part::kind);
}

bool PathPattern::has_same_shape_as(const PathPattern& other) const {
  return std::ranges::equal(parts_, other.parts_, [](const Part& one, const Part& two) {
    return one.kind == two.kind && (one.kind != Kind::literal || one.text == two.text);
  });
}

}  // namespace ringtalk::http
