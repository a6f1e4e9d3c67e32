#include "app/protocol/query_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "app/protocol/text_rules.h"
#include "app/protocol/time_text.h"

namespace ringtalk::app::protocol {

namespace {

// Digits alone: no sign, no blank. What is too large for 64 bits is no number either.
std::optional<std::int64_t> parse_digits(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

// Takes parameters one by one and remembers what is wrong.
class Parameters {
 public:
  std::int64_t limit(Parameter text, PageBounds bounds) {
    if (!text) return bounds.limit_default;
    const auto value = parse_digits(*text);
    if (value && *value >= 1 && *value <= bounds.limit_max) return *value;
    refuse("limit", fmt::format("must be a number from 1 to {}", bounds.limit_max));
    return bounds.limit_default;
  }

  Seq seq(std::string_view name, std::string_view text) {
    const auto value = parse_digits(text);
    if (!value) refuse(name, "must be a number, 0 or greater");
    return value.value_or(0);
  }

  void refuse(std::string_view name, std::string_view detail) {
    errors_.push_back({.field = std::string(name), .detail = std::string(detail)});
  }

  template <class Query>
  Parsed<Query> result(Query query) {
    if (!errors_.empty()) return std::unexpected(validation_problem(std::move(errors_)));
    return query;
  }

 private:
  std::vector<FieldError> errors_;
};

}  // namespace

Parsed<UserSearch> parse_user_search(const UserSearchParameters& given) {
  Parameters parameters;
  UserSearch search{.limit = parameters.limit(given.limit, kUserPage)};
  if (given.email.has_value() == given.name.has_value()) {
    parameters.refuse("email", "or name is needed, and not both");
  } else if (given.email) {
    search.email = *given.email;
    if (given.email->empty()) parameters.refuse("email", "must not be empty");
  } else {
    search.name_prefix = *given.name;
    const std::size_t length = count_code_points(*given.name);
    if (length < 1 || length > kUserNameMax) {
      parameters.refuse("name", fmt::format("must have 1 to {} characters", kUserNameMax));
    }
  }
  return parameters.result(std::move(search));
}

Parsed<ConversationListQuery> parse_conversation_list(const ConversationListParameters& given) {
  Parameters parameters;
  ConversationListQuery query{.limit = parameters.limit(given.limit, kConversationPage)};
  if (given.cursor) {
    query.after = decode_conversation_cursor(*given.cursor);
    if (!query.after) parameters.refuse("cursor", "must be one that this list gave");
  }
  return parameters.result(query);
}

Parsed<HistoryQuery> parse_history(const HistoryParameters& given) {
  Parameters parameters;
  HistoryQuery query{.limit = parameters.limit(given.limit, kMessagePage)};
  const std::array<bool, 4> starts = {given.before.has_value(), given.before_seq.has_value(),
                                      given.after_seq.has_value(), given.cursor.has_value()};
  if (std::ranges::count(starts, true) > 1) {
    parameters.refuse("cursor", "before, beforeSeq and afterSeq exclude one another");
  } else if (given.before) {
    const auto time = parse_before(*given.before);
    if (!time) parameters.refuse("before", "must be an RFC 3339 time or Unix milliseconds");
    query.start = BeforeTime{.unix_ms = time.value_or(0)};
  } else if (given.before_seq) {
    query.start = BeforeSeq{.seq = parameters.seq("beforeSeq", *given.before_seq)};
  } else if (given.after_seq) {
    query.start = AfterSeq{.seq = parameters.seq("afterSeq", *given.after_seq)};
  } else if (given.cursor) {
    const auto cursor = decode_history_cursor(*given.cursor);
    if (!cursor) {
      parameters.refuse("cursor", "must be one that this list gave");
    } else if (cursor->direction == Direction::kNewestFirst) {
      query.start = BeforeSeq{.seq = cursor->seq};
    } else {
      query.start = AfterSeq{.seq = cursor->seq};
    }
  }
  return parameters.result(query);
}

Parsed<EventsQuery> parse_events(const EventsParameters& given) {
  Parameters parameters;
  EventsQuery query{.limit = parameters.limit(given.limit, kEventPage)};
  if (given.after_seq) query.after_seq = parameters.seq("afterSeq", *given.after_seq);
  return parameters.result(query);
}

}  // namespace ringtalk::app::protocol
