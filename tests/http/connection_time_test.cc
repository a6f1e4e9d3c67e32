// The deadlines of a connection, in virtual time.
#include "connection_support.h"

namespace ringtalk::http {
namespace {

using namespace std::chrono_literals;
using test_support::StreamKind;

class HttpTimeLimits : public ::testing::Test, public ConnectionLab {
 protected:
  HttpTimeLimits() : ConnectionLab(StreamKind::kMemory) { client.listen(); }
  void expect_408_at(reactor::Duration span) {
    const reactor::TimePoint begin = pair.reactor().now();
    pair.turn_for(span - 10ms);
    EXPECT_TRUE(service.refused.empty());
    ASSERT_TRUE(client.hears_the_end());
    EXPECT_LT(pair.reactor().now() - begin, span + 50ms);
    EXPECT_EQ(service.refused, std::vector<int>{408});
    EXPECT_EQ(answers().back().status, 408);
    EXPECT_TRUE(answers().back().closes());
    EXPECT_TRUE(ends());
  }
};

TEST_F(HttpTimeLimits, a_head_must_be_there_10_s_after_its_first_byte) {
  pair.turn_for(60s);  // idle does not count
  client.say("G");
  expect_408_at(10s);
}

TEST_F(HttpTimeLimits, a_head_that_drips_in_has_no_longer) {
  client.say("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 9; ++i) {
    pair.turn_for(1s);
    client.say("A: b\r\n");
  }
  expect_408_at(1s);
}

TEST_F(HttpTimeLimits, a_head_that_began_behind_another_request_has_10_s_as_well) {
  client.say(get("/whole") + "GET /half");
  ASSERT_TRUE(hears_answers(1));
  expect_408_at(10s);
}

TEST_F(HttpTimeLimits, a_body_must_be_there_30_s_after_its_head) {
  client.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
  pair.turn_for(20s);
  client.say("d");
  expect_408_at(10s);
  EXPECT_TRUE(service.refused_with_head);
}

TEST_F(HttpTimeLimits, an_idle_connection_is_closed_after_75_s_without_a_word) {
  pair.turn_for(74s);
  client.say(get("/it"));
  ASSERT_TRUE(hears_answers(1));
  const std::size_t heard = client.heard().size();
  pair.turn_for(74s + 900ms);
  EXPECT_FALSE(is_over);
  ASSERT_TRUE(ends(200ms));
  EXPECT_TRUE(client.hears_the_end());
  EXPECT_EQ(client.heard().size(), heard);
  EXPECT_TRUE(service.refused.empty());
}

TEST_F(HttpTimeLimits, an_answer_may_take_longer_than_all_of_them) {
  service.slowness = 200s;
  client.say(get("/slow") + get("/next"));
  pair.turn_for(201s);
  EXPECT_TRUE(hears_answers(2));
}

TEST_F(HttpTimeLimits, a_refusal_lingers_for_2_s_with_a_client_that_does_not_close) {
  client.say("bad\r\n\r\n");
  ASSERT_TRUE(client.hears_the_end());
  pair.turn_for(1900ms);
  EXPECT_FALSE(is_over);
  EXPECT_TRUE(ends(200ms));
}

TEST(HttpSendTimeout, a_client_that_does_not_read_for_30_s_is_given_up) {
  ConnectionLab lab(StreamKind::kMemory);
  lab.client.say(get("/large"));  // more than the stream's buffer
  lab.pair.turn_for(29s);
  EXPECT_FALSE(lab.is_over);
  EXPECT_TRUE(lab.ends(2s));
}

}  // namespace
}  // namespace ringtalk::http
