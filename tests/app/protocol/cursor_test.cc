#include "app/protocol/cursor.h"

#include <gtest/gtest.h>

#include <limits>

#include "app/protocol/base64url.h"

namespace ringtalk::app::protocol {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(ConversationCursor, goes_there_and_back) {
  for (const std::int64_t activity : {kMin, std::int64_t{-1}, std::int64_t{0}, kMax}) {
    const ConversationCursor cursor{.last_activity_ms = activity, .id = {kMax}};
    EXPECT_EQ(decode_conversation_cursor(encode_cursor(cursor)), cursor);
  }
}

TEST(HistoryCursor, goes_there_and_back) {
  for (const Direction direction : {Direction::kNewestFirst, Direction::kOldestFirst}) {
    const HistoryCursor cursor{.direction = direction, .seq = 57};
    EXPECT_EQ(decode_history_cursor(encode_cursor(cursor)), cursor);
  }
}

TEST(Cursors, of_one_list_are_refused_by_the_other) {
  EXPECT_EQ(decode_history_cursor(encode_cursor(ConversationCursor{.id = {1}})), std::nullopt);
  EXPECT_EQ(decode_conversation_cursor(encode_cursor(HistoryCursor{.seq = 1})), std::nullopt);
}

TEST(Cursors, that_nobody_gave_are_refused) {
  for (const char* plain : {"", "1b:", "1b:0", "1b:-1", "1b:1x", "2b:1", "1c:", "1c:1", "1c:1:",
                            "1c::1", "1c:1:0", "1c:x:1", "1c:1:2:3", "1c:99999999999999999999:1"}) {
    const std::string text = encode_base64url(plain);
    EXPECT_EQ(decode_history_cursor(text), std::nullopt) << plain;
    EXPECT_EQ(decode_conversation_cursor(text), std::nullopt) << plain;
  }
  for (const std::string& text : {std::string("1b:1"), std::string("!"), std::string(1000, 'A')}) {
    EXPECT_EQ(decode_history_cursor(text), std::nullopt);
    EXPECT_EQ(decode_conversation_cursor(text), std::nullopt);
  }
}

}  // namespace
}  // namespace ringtalk::app::protocol
