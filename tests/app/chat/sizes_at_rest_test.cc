// A WebSocket at rest that belongs to a member of ten conversations shall cost 2 KiB. What it is
// made of is bounded here, so that a new member of these classes is weighed before it goes in; the
// sum is measured by tests/integration/test_memory_at_rest.py. See docs/performance.md.
#include <gtest/gtest.h>

#include "app/chat/feed.h"
#include "app/chat/feed_set.h"
#include "app/chat/session.h"
#include "reactor/send_queue.h"
#include "reactor/tcp_stream.h"
#include "ws/connection.h"

namespace ringtalk::app::chat {
namespace {

constexpr std::size_t kConversations = 10;
// The heap adds 8 bytes to each of them and rounds up to 16: 48 bytes a feed.
constexpr std::size_t kFeedBytesMax = 40;

TEST(SizesAtRest, a_feed_fits_48_bytes_of_the_heap) {
  EXPECT_LE(sizeof(Feed), kFeedBytesMax);
}

TEST(SizesAtRest, what_lives_as_long_as_a_connection_stays_small) {
  EXPECT_LE(sizeof(reactor::TcpStream), 208U);
  EXPECT_LE(sizeof(reactor::SendQueue), 104U);
  EXPECT_LE(sizeof(ws::Connection), 320U);
  EXPECT_LE(sizeof(FeedSet), 168U);
  EXPECT_LE(sizeof(Session), 424U);
}

TEST(SizesAtRest, their_sum_leaves_a_quarter_of_2_KiB_for_frames_and_tables) {
  constexpr std::size_t kFeeds = kConversations * (kFeedBytesMax + 8 + sizeof(Feed*));
  EXPECT_LE(sizeof(reactor::TcpStream) + sizeof(ws::Connection) + sizeof(Session) + kFeeds,
            std::size_t{2048} * 3 / 4);
}

}  // namespace
}  // namespace ringtalk::app::chat
