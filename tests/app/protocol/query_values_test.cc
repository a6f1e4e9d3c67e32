#include "app/protocol/query_values.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::app::protocol {
namespace {

template <class T>
std::string bad_field(const Parsed<T>& result) {
  if (result) return "(none)";
  EXPECT_EQ(result.error().code, ErrorCode::kValidationFailed);
  return result.error().errors.at(0).field;
}

TEST(LimitParameter, has_a_default_and_is_never_clamped) {
  EXPECT_EQ(parse_history({})->limit, 20);
  EXPECT_EQ(parse_conversation_list({})->limit, 50);
  EXPECT_EQ(parse_events({})->limit, 100);
  EXPECT_EQ(parse_user_search({.name = "a"})->limit, 20);
  EXPECT_EQ(parse_history({.limit = "100"})->limit, 100);
  EXPECT_EQ(bad_field(parse_history({.limit = "101"})), "limit");
  EXPECT_EQ(parse_conversation_list({.limit = "100"})->limit, 100);
  EXPECT_EQ(bad_field(parse_conversation_list({.limit = "101"})), "limit");
  EXPECT_EQ(parse_events({.limit = "200"})->limit, 200);
  EXPECT_EQ(bad_field(parse_events({.limit = "201"})), "limit");
  EXPECT_EQ(parse_user_search({.name = "a", .limit = "50"})->limit, 50);
  EXPECT_EQ(bad_field(parse_user_search({.name = "a", .limit = "51"})), "limit");
}

TEST(LimitParameter, is_refused_when_it_is_no_number) {
  EXPECT_EQ(parse_history({.limit = "1"})->limit, 1);
  for (const char* text :
       {"0", "", "-1", "+1", "1.0", "ten", " 1", "1e1", "99999999999999999999"}) {
    EXPECT_EQ(bad_field(parse_history({.limit = text})), "limit") << text;
  }
}

TEST(HistoryParameters, start_at_the_head_a_time_or_a_seq) {
  EXPECT_TRUE(std::holds_alternative<FromHead>(parse_history({})->start));
  EXPECT_EQ(std::get<BeforeTime>(parse_history({.before = "1795428000123"})->start).unix_ms,
            1'795'428'000'123);
  EXPECT_EQ(std::get<BeforeSeq>(parse_history({.before_seq = "7"})->start).seq, 7);
  const auto after = parse_history({.after_seq = "0"});
  EXPECT_EQ(std::get<AfterSeq>(after->start).seq, 0);
  EXPECT_EQ(after->direction(), Direction::kOldestFirst);
  EXPECT_EQ(parse_history({})->direction(), Direction::kNewestFirst);
}

TEST(HistoryParameters, go_on_from_a_cursor) {
  const std::string older = encode_cursor(HistoryCursor{.seq = 41});
  EXPECT_EQ(std::get<BeforeSeq>(parse_history({.cursor = older})->start).seq, 41);
  const std::string newer =
      encode_cursor(HistoryCursor{.direction = Direction::kOldestFirst, .seq = 42});
  EXPECT_EQ(std::get<AfterSeq>(parse_history({.cursor = newer})->start).seq, 42);
}

TEST(HistoryParameters, refuse_two_starts_and_bad_ones) {
  EXPECT_FALSE(parse_history({.before = "1", .before_seq = "1"}));
  EXPECT_FALSE(parse_history({.before_seq = "1", .after_seq = "1"}));
  const std::string cursor = encode_cursor(HistoryCursor{.seq = 41});
  EXPECT_FALSE(parse_history({.after_seq = "1", .cursor = cursor}));
  EXPECT_EQ(bad_field(parse_history({.before = "yesterday"})), "before");
  EXPECT_EQ(bad_field(parse_history({.before_seq = "-1"})), "beforeSeq");
  EXPECT_EQ(bad_field(parse_history({.after_seq = "x"})), "afterSeq");
  EXPECT_EQ(bad_field(parse_history({.cursor = "x"})), "cursor");
  EXPECT_EQ(bad_field(parse_history({.cursor = ""})), "cursor");
}

TEST(HistoryParameters, are_all_named_when_several_are_bad) {
  const auto result = parse_history({.limit = "0", .before_seq = "x"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().errors.size(), 2U);
}

TEST(ConversationListParameters, take_their_own_cursor_only) {
  const ConversationCursor cursor{.last_activity_ms = 5, .id = {6}};
  EXPECT_EQ(parse_conversation_list({.cursor = encode_cursor(cursor)})->after, cursor);
  const std::string foreign = encode_cursor(HistoryCursor{.seq = 1});
  EXPECT_EQ(bad_field(parse_conversation_list({.cursor = foreign})), "cursor");
}

TEST(EventsParameters, begin_with_the_log_unless_told) {
  EXPECT_EQ(parse_events({})->after_seq, 0);
  EXPECT_EQ(parse_events({.after_seq = "9"})->after_seq, 9);
  EXPECT_EQ(bad_field(parse_events({.after_seq = ""})), "afterSeq");
}

TEST(UserSearchParameters, need_exactly_one_of_email_and_name) {
  EXPECT_EQ(parse_user_search({.email = "a@b.c"})->email, "a@b.c");
  EXPECT_EQ(parse_user_search({.name = "Al"})->name_prefix, "Al");
  EXPECT_EQ(bad_field(parse_user_search({})), "email");
  EXPECT_EQ(bad_field(parse_user_search({.email = "a@b.c", .name = "Al"})), "email");
  EXPECT_EQ(bad_field(parse_user_search({.email = ""})), "email");
  EXPECT_EQ(bad_field(parse_user_search({.name = ""})), "name");
  const std::string longest(64, 'x');
  EXPECT_TRUE(parse_user_search({.name = longest}));
  const std::string too_long(65, 'x');
  EXPECT_EQ(bad_field(parse_user_search({.name = too_long})), "name");
}

}  // namespace
}  // namespace ringtalk::app::protocol
