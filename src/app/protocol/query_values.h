// The query parameters of the lists, from decoded text to checked values.
// Pure functions, any thread. A parameter that is absent is nullopt. A number out of its range, or
// a parameter that is there but empty, is `validation_failed`; nothing is clamped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/protocol/bounds.h"
#include "app/protocol/cursor.h"
#include "app/protocol/ids.h"
#include "app/protocol/problem.h"

namespace ringtalk::app::protocol {

using Parameter = std::optional<std::string_view>;

struct UserSearchParameters {
  Parameter email;
  Parameter name;
  Parameter limit;
};

// Exactly one of `email` and `name_prefix` is there.
struct UserSearch {
  std::optional<std::string> email;        // any text: one that is no address finds nobody
  std::optional<std::string> name_prefix;  // 1..64 code points
  std::int64_t limit = 0;
};

struct ConversationListParameters {
  Parameter limit;
  Parameter cursor;
};

struct ConversationListQuery {
  std::int64_t limit = 0;
  std::optional<ConversationCursor> after;
};

struct HistoryParameters {
  Parameter limit;
  Parameter before;
  Parameter before_seq;
  Parameter after_seq;
  Parameter cursor;
};

struct FromHead {};
struct BeforeTime {
  std::int64_t unix_ms = 0;
};
struct BeforeSeq {
  Seq seq = 0;
};
struct AfterSeq {
  Seq seq = 0;
};

// Oldest first from AfterSeq, else newest first. A cursor becomes BeforeSeq or AfterSeq.
struct HistoryQuery {
  std::int64_t limit = 0;
  std::variant<FromHead, BeforeTime, BeforeSeq, AfterSeq> start;

  Direction direction() const {
    return std::holds_alternative<AfterSeq>(start) ? Direction::kOldestFirst
                                                   : Direction::kNewestFirst;
  }
};

struct EventsParameters {
  Parameter after_seq;
  Parameter limit;
};

struct EventsQuery {
  Seq after_seq = 0;  // without the parameter: from the beginning
  std::int64_t limit = 0;
};

Parsed<UserSearch> parse_user_search(const UserSearchParameters& parameters);
Parsed<ConversationListQuery> parse_conversation_list(const ConversationListParameters& parameters);
Parsed<HistoryQuery> parse_history(const HistoryParameters& parameters);
Parsed<EventsQuery> parse_events(const EventsParameters& parameters);

}  // namespace ringtalk::app::protocol
