// Marks that wait: how they are joined, and in which order they are taken.
#include "app/chat/pending_marks.h"

#include <gtest/gtest.h>

#include "app/limits.h"

namespace ringtalk::app::chat {
namespace {

using Runs = std::vector<db::OwnRun>;

constexpr MarkKey kKey{.user_id = {1}, .conversation_id = {100}};

PendingMark own(protocol::Seq seq) {
  return {.own_runs = {{.first = seq, .last = seq}}};
}

Runs runs_of(std::initializer_list<protocol::Seq> seqs) {
  PendingMark mark;
  for (const protocol::Seq seq : seqs) mark.join(own(seq));
  return mark.own_runs;
}

TEST(PendingMark, keeps_the_highest_of_each) {
  PendingMark mark{.delivered = 5, .read = 2};
  mark.join({.delivered = 4, .read = 3});
  EXPECT_EQ(mark.delivered, 5);
  EXPECT_EQ(mark.read, 3);
}

TEST(PendingMark, joins_own_messages_to_runs_whatever_their_order) {
  EXPECT_EQ(runs_of({5, 6, 7}), (Runs{{5, 7}}));
  EXPECT_EQ(runs_of({5, 7}), (Runs{{5, 5}, {7, 7}}));
  EXPECT_EQ(runs_of({7, 5, 6}), (Runs{{5, 7}}));
  EXPECT_EQ(runs_of({9, 1, 5}), (Runs{{1, 1}, {5, 5}, {9, 9}}));
  EXPECT_EQ(runs_of({1, 2, 5, 6, 3, 4}), (Runs{{1, 6}}));
  EXPECT_EQ(runs_of({3, 3, 4, 3}), (Runs{{3, 4}}));
}

TEST(PendingMark, forgets_the_oldest_run_past_the_bound) {
  PendingMark mark;
  for (std::size_t i = 0; i <= limits::kOwnRunsMax; ++i) {
    mark.join(own(static_cast<protocol::Seq>(2 * i + 1)));
  }
  ASSERT_EQ(mark.own_runs.size(), limits::kOwnRunsMax);
  EXPECT_EQ(mark.own_runs.front().first, 3);
  EXPECT_EQ(mark.own_runs.back().last, 2 * static_cast<protocol::Seq>(limits::kOwnRunsMax) + 1);
}

TEST(PendingMark, knows_the_session_that_caused_it_while_it_is_one) {
  PendingMark mark;
  mark.join({.read = 1, .session = 7});
  mark.join({.read = 2, .session = 7});
  EXPECT_EQ(mark.session, SessionNumber{7});
  mark.join({.read = 3, .session = 8});
  EXPECT_EQ(mark.session, kNoSession);
  mark.join({.read = 4, .session = 7});
  EXPECT_EQ(mark.session, kNoSession);
}

TEST(PendingMarks, take_what_is_urgent_apart_from_the_rest) {
  PendingMarks marks;
  marks.add(kKey, {.delivered = 1});
  marks.add({.user_id = {2}, .conversation_id = {100}}, {.read = 1});
  marks.add({.user_id = {3}, .conversation_id = {100}}, own(1));
  const PendingMarks::Batch urgent = marks.take_urgent({}, 10);
  ASSERT_EQ(urgent.size(), 2U);
  EXPECT_EQ(urgent[0].key.user_id.value, 2);
  EXPECT_FALSE(marks.has_urgent());
  ASSERT_EQ(marks.take_any({}, 10).size(), 1U);
  EXPECT_EQ(marks.size(), 0U);
}

TEST(PendingMarks, a_delivered_mark_goes_along_with_the_read_mark_of_its_entry) {
  PendingMarks marks;
  marks.add(kKey, {.delivered = 5});
  marks.add(kKey, {.read = 3});
  const PendingMarks::Batch batch = marks.take_urgent({}, 10);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].mark.delivered, 5);
  EXPECT_EQ(batch[0].mark.read, 3);
}

TEST(PendingMarks, take_of_one_user_and_no_more_than_asked) {
  PendingMarks marks;
  for (std::int64_t user = 1; user <= 3; ++user) {
    for (std::int64_t room = 1; room <= 5; ++room) {
      marks.add({.user_id = {user}, .conversation_id = {room}}, {.read = room});
    }
  }
  EXPECT_EQ(marks.take_of({2}, 3).size(), 3U);
  const PendingMarks::Batch rest = marks.take_of({2}, 3);
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].key.user_id.value, 2);
  EXPECT_EQ(marks.take_of({2}, 3).size(), 0U);
  EXPECT_EQ(marks.take_any({}, 100).size(), 10U);
}

TEST(PendingMarks, a_pass_goes_on_behind_the_last_one_and_leaves_what_comes_before) {
  PendingMarks marks;
  for (std::int64_t user = 1; user <= 4; ++user) {
    marks.add({.user_id = {user}, .conversation_id = {100}}, {.read = 1});
  }
  const PendingMarks::Batch first = marks.take_urgent({}, 2);
  marks.add(first.back().key, {.read = 2});
  const PendingMarks::Batch second = marks.take_urgent(first.back().key, 10);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].key.user_id.value, 3);
  EXPECT_EQ(marks.size(), 1U);
}

}  // namespace
}  // namespace ringtalk::app::chat
