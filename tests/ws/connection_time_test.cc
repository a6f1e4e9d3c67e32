// The deadlines of a connection, in virtual time.
#include "connection_support.h"

namespace ringtalk::ws {
namespace {

using namespace std::chrono_literals;
using test_support::StreamKind;

class WsTime : public ::testing::Test, public SocketLab {
 protected:
  WsTime() : SocketLab(StreamKind::kMemory) {}
  [[nodiscard]] std::size_t pings() const { return peer.heard().size() / kServerPing.size(); }
};

TEST_F(WsTime, pings_every_25_s_and_lives_while_the_peer_answers) {
  peer.listen();
  for (std::size_t beat = 1; beat <= 10; ++beat) {
    pair.turn_for(24s);
    EXPECT_EQ(pings(), beat - 1);
    pair.turn_for(1s + 50ms);
    EXPECT_EQ(pings(), beat);
    peer.say(frame("", 0x8A));
  }
  EXPECT_FALSE(is_over);
}

TEST_F(WsTime, ends_after_8_s_of_silence_behind_a_ping) {
  peer.listen();
  pair.turn_for(32s + 900ms);
  EXPECT_EQ(peer.heard(), kServerPing);
  EXPECT_FALSE(is_over);
  ASSERT_TRUE(ends(200ms));
  EXPECT_EQ(code, CloseCode::kAbnormal);
  EXPECT_TRUE(peer.hears_the_end());
}

TEST_F(WsTime, any_frame_is_a_sign_of_life) {
  peer.listen();
  pair.turn_for(25s + 50ms);
  for (std::size_t beat = 1; beat <= 4; ++beat) {
    EXPECT_EQ(pings(), beat);
    pair.turn_for(7s + 900ms);
    peer.say(frame("here"));
    pair.turn_for(17s + 100ms);
  }
  EXPECT_FALSE(is_over);
}

TEST_F(WsTime, half_a_frame_is_a_sign_of_life_as_well) {
  peer.listen();
  pair.turn_for(32s);
  peer.say(frame("a long message").substr(0, 3));
  pair.turn_for(17s);
  EXPECT_FALSE(is_over);
  EXPECT_EQ(pings(), 1U);
  pair.turn_for(1100ms);
  EXPECT_EQ(pings(), 2U) << "the next beat comes when it would have come";
}

TEST_F(WsTime, pings_a_peer_that_never_stops_talking) {
  peer.listen();
  for (int second = 0; second < 60; ++second) {
    peer.say(frame("busy"));
    pair.turn_for(1s);
  }
  EXPECT_EQ(pings(), 2U);
  EXPECT_FALSE(is_over);
}

TEST_F(WsTime, the_close_handshake_has_5_s) {
  peer.listen();
  pair.turn_for(10s);
  connection->close(CloseCode::kNormal);
  pair.turn_for(4900ms);
  peer.say(frame("talks on"));
  EXPECT_FALSE(receiving_is_over);
  ASSERT_TRUE(ends(200ms));
  EXPECT_EQ(code, CloseCode::kNormal);
  EXPECT_EQ(peer.heard(), server_close(1000));
}

TEST_F(WsTime, a_slow_consumer_that_never_reads_is_gone_after_the_close_timeout) {
  connection->send_text(std::string(1024UL * 1024, 'x'));
  EXPECT_TRUE(connection->is_closing());
  pair.turn_for(4900ms);
  EXPECT_FALSE(is_over);
  ASSERT_TRUE(ends(200ms));
  EXPECT_EQ(code, CloseCode::kSlowConsumer);
}

TEST_F(WsTime, a_peer_that_does_not_end_its_half_is_left_2_s_after_the_close) {
  peer.listen();
  peer.say(close_frame(1000));
  ASSERT_TRUE(peer.hears_the_end());
  pair.turn_for(1900ms);
  EXPECT_FALSE(is_over);
  EXPECT_TRUE(ends(200ms));
}

TEST(WsHeartbeat, that_stops_ends_it_at_once_also_when_the_peer_does_not_read) {
  SocketLab lab(StreamKind::kMemory, {.send_timeout = 600s});
  lab.connection->send_text(std::string(500'000, 'x'));
  EXPECT_TRUE(lab.ends(33s + 100ms)) << "neither the send nor a goodbye is waited for";
}

TEST(WsHeartbeat, goes_on_while_the_session_never_has_to_wait_for_bytes) {
  SocketLab lab(StreamKind::kMemoryByteByByte);
  lab.pause = 1s;
  lab.peer.listen();
  for (int i = 0; i < 100; ++i) lab.peer.say(frame("waiting"));
  lab.pair.turn_for(60s);
  EXPECT_EQ(lab.peer.heard(), kServerPing + kServerPing);
  EXPECT_FALSE(lab.is_over);
}

TEST(WsHeartbeat, of_zero_sends_no_pings) {
  SocketLab lab(StreamKind::kMemory, {.heartbeat = 0s});
  lab.peer.listen();
  lab.pair.turn_for(std::chrono::hours(1));
  EXPECT_EQ(lab.peer.heard(), "");
  EXPECT_FALSE(lab.is_over);
}

}  // namespace
}  // namespace ringtalk::ws
