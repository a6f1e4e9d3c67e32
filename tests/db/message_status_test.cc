#include "db/message_status.h"

#include <gtest/gtest.h>

namespace ringtalk::db {
namespace {

using enum MessageStatus;

constexpr SentMessage kFifthByOne{.seq = 5, .sender_id = 1};

MemberRow member(std::int64_t id, std::int64_t delivered, std::int64_t read,
                 std::int64_t joined = 0) {
  return {.user_id = id, .joined_seq = joined, .delivered_seq = delivered, .read_seq = read};
}

TEST(MessageStatus, is_sent_with_nobody_else) {
  EXPECT_EQ(status_of(kFifthByOne, {}), kSent);
  EXPECT_EQ(status_of(kFifthByOne, {member(1, 5, 5)}), kSent);
}

TEST(MessageStatus, is_delivered_when_it_has_reached_every_other_one) {
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 5, 0), member(3, 4, 0)}), kSent);
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 5, 0), member(3, 5, 4)}), kDelivered);
}

TEST(MessageStatus, is_read_when_every_other_one_has_read_it) {
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 5, 5), member(3, 5, 4)}), kDelivered);
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 5, 5), member(3, 9, 5)}), kRead);
}

TEST(MessageStatus, counts_the_larger_of_the_two_marks_as_delivered) {
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 1, 6), member(3, 5, 0)}), kDelivered);
}

TEST(MessageStatus, passes_over_who_joined_at_or_after_it) {
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 5, 5), member(3, 6, 6, 6)}), kRead);
  EXPECT_EQ(status_of(kFifthByOne, {member(3, 9, 9, 6)}), kSent);
  EXPECT_EQ(status_of(kFifthByOne, {member(2, 4, 4, 4)}), kSent);
}

TEST(MessageStatus, is_set_for_messages_alone) {
  std::vector<EventRow> events(2);
  events[0] = {.seq = 1, .kind = EventKind::kJoined, .sender_id = 1};
  events[1] = {.seq = 2, .kind = EventKind::kMessage, .sender_id = 1};
  set_statuses(events, {member(2, 9, 9)});
  EXPECT_EQ(events[0].status, kSent);
  EXPECT_EQ(events[1].status, kRead);
}

}  // namespace
}  // namespace ringtalk::db
