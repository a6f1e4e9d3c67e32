#include "app/protocol/event_body.h"

#include <gtest/gtest.h>

namespace ringtalk::app::protocol {
namespace {

TEST(EventBody, of_a_message_is_its_content) {
  EXPECT_EQ(event_body(MessageView{.content = "say \"hi\""}), "say \"hi\"");
}

TEST(EventBody, of_the_other_kinds_is_json_that_is_read_back) {
  JsonReader reader;
  const EventDetail joined = Joined{.user_ids = {{2}, {3}}, .by_user_id = {1}};
  EXPECT_EQ(event_body(joined), R"({"userIds":["2","3"],"byUserId":"1"})");
  EXPECT_EQ(std::get<Joined>(*parse_event_body(reader, EventKind::kJoined, event_body(joined))),
            std::get<Joined>(joined));

  const EventDetail left = Left{.user_id = {2}, .by_user_id = {1}};
  EXPECT_EQ(event_body(left), R"({"userId":"2","byUserId":"1"})");
  EXPECT_EQ(std::get<Left>(*parse_event_body(reader, EventKind::kLeft, event_body(left))),
            std::get<Left>(left));

  const EventDetail renamed = Renamed{.name = "A \"b\"", .by_user_id = {1}};
  EXPECT_EQ(event_body(renamed), R"({"name":"A \"b\"","byUserId":"1"})");
  EXPECT_EQ(std::get<Renamed>(*parse_event_body(reader, EventKind::kRenamed, event_body(renamed))),
            std::get<Renamed>(renamed));
}

TEST(EventBody, that_is_damaged_is_a_problem) {
  JsonReader reader;
  EXPECT_FALSE(parse_event_body(reader, EventKind::kJoined, "{}"));
  EXPECT_FALSE(parse_event_body(reader, EventKind::kLeft, R"({"userId":"x","byUserId":"1"})"));
  EXPECT_FALSE(parse_event_body(reader, EventKind::kRenamed, "not json"));
  EXPECT_FALSE(parse_event_body(reader, EventKind::kMessage, "{}"));
  EXPECT_FALSE(parse_event_body(reader, static_cast<EventKind>(99), "{}"));
}

TEST(EventKinds, keep_the_numbers_that_are_stored) {
  EXPECT_EQ(static_cast<int>(kind_of(MessageView{})), 0);
  EXPECT_EQ(static_cast<int>(kind_of(Joined{})), 1);
  EXPECT_EQ(static_cast<int>(kind_of(Left{})), 2);
  EXPECT_EQ(static_cast<int>(kind_of(Renamed{})), 3);
}

}  // namespace
}  // namespace ringtalk::app::protocol
