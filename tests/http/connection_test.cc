#include "http/connection.h"

#include "connection_support.h"

namespace ringtalk::http {
namespace {

using namespace std::chrono_literals;
using test_support::StreamKind;

class HttpConnection : public ::testing::TestWithParam<StreamKind>, public ConnectionLab {
 protected:
  HttpConnection() : ConnectionLab(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(Streams, HttpConnection, test_support::kAllStreams, test_support::name_of);

TEST_P(HttpConnection, answers_one_request_after_the_other) {
  client.listen();
  client.say(get("/one"));
  ASSERT_TRUE(hears_answers(1));
  client.say(post("/two", "body"));
  ASSERT_TRUE(hears_answers(2));
  EXPECT_EQ(answers()[0].body, "GET /one ");
  EXPECT_EQ(answers()[1].body, "POST /two body");
  EXPECT_EQ(answers()[1].status, 200);
  EXPECT_FALSE(answers()[1].closes());
  client.finish_speaking();
  EXPECT_TRUE(ends());
}

TEST_P(HttpConnection, answers_pipelined_requests_in_order_and_in_one_write) {
  client.listen();
  std::string requests;
  for (int i = 0; i < 16; ++i) requests += get("/" + std::to_string(i));
  client.say(requests);
  ASSERT_TRUE(hears_answers(16));
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(answers()[static_cast<std::size_t>(i)].body, "GET /" + std::to_string(i) + " ");
  }
  if (GetParam() == StreamKind::kMemory) EXPECT_EQ(client.chunks_heard(), 1U);
}

TEST_P(HttpConnection, a_slow_answer_holds_back_those_behind_it) {
  client.listen();
  client.say(get("/first") + get("/slow") + post("/third", "with a body") + get("/fourth"));
  ASSERT_TRUE(hears_answers(1));
  pair.turn_for(5ms);
  EXPECT_EQ(service.seen.size(), 2U) << "one at a time";
  ASSERT_TRUE(hears_answers(4));
  EXPECT_EQ(answers()[1].body, "GET /slow ");
  EXPECT_EQ(answers()[2].body, "POST /third with a body");
  EXPECT_EQ(answers()[3].body, "GET /fourth ");
}

TEST_P(HttpConnection, answers_head_with_the_length_and_no_body) {
  client.listen();
  client.say("HEAD /it HTTP/1.1\r\nHost: h\r\n\r\n" + get("/next"));
  ASSERT_TRUE(client.hears("GET /next "));
  EXPECT_TRUE(client.heard().contains("Content-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_P(HttpConnection, invites_a_body_that_waits_for_it) {
  client.listen();
  client.say("POST /it HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(client.hears("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_TRUE(service.seen.empty());
  client.say("body");
  ASSERT_TRUE(client.hears("POST /it body"));
  EXPECT_EQ(client.heard().rfind("100 Continue"), client.heard().find("100 Continue"));
}

TEST_P(HttpConnection, invites_no_body_that_it_refuses) {
  client.listen();
  client.say(
      "POST /it HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n"
      "Expect: 100-continue\r\n\r\n");
  ASSERT_TRUE(hears_answers(1));
  EXPECT_EQ(answers()[0].status, 413);
  EXPECT_TRUE(service.refused_with_head);
  EXPECT_TRUE(service.seen.empty());
}

TEST_P(HttpConnection, reads_a_chunked_body_and_the_request_behind_it) {
  client.listen();
  client.say(
      "POST /it HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nbody\r\n6\r\n in tw\r\n1\r\no\r\n0\r\n\r\n" +
      get("/next"));
  ASSERT_TRUE(hears_answers(2));
  EXPECT_EQ(answers()[0].body, "POST /it body in two");
  EXPECT_EQ(answers()[1].body, "GET /next ");
}

TEST_P(HttpConnection, counts_a_body_that_is_not_kept) {
  service.plan = {.bytes_max = 100'000, .discard = true};
  client.listen();
  client.say(post("/it", std::string(100'000, 'x')) + get("/next"));
  ASSERT_TRUE(hears_answers(2));
  EXPECT_EQ(answers()[0].body, "POST /it ");
  EXPECT_EQ(service.bodies_planned, 1U);
}

TEST_P(HttpConnection, takes_a_body_at_the_bound_and_refuses_one_past_it) {
  service.plan.bytes_max = 1000;
  client.listen();
  client.say(post("/at", std::string(1000, 'x')));
  ASSERT_TRUE(hears_answers(1));
  EXPECT_EQ(service.body_bytes, 1000U);
  client.say(post("/past", std::string(1001, 'x')));
  ASSERT_TRUE(hears_answers(2));
  EXPECT_EQ(answers()[1].status, 413);
  EXPECT_EQ(service.seen.size(), 1U);
}

TEST_P(HttpConnection, hands_over_the_bytes_behind_an_upgrade_after_the_earlier_answers) {
  client.listen();
  client.say(get("/slow") + get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n") +
             "bytes of another protocol");
  ASSERT_TRUE(ends());
  ASSERT_TRUE(upgrade.has_value());
  EXPECT_EQ(upgrade->request.path, "/ws");
  EXPECT_EQ(service.seen, std::vector<std::string>{"GET /slow "});
  EXPECT_TRUE(client.hears("GET /slow "));
  std::string rest(upgrade->rest.text());
  EXPECT_FALSE(upgrade->rest.is_borrowed());
  const std::string expected = "bytes of another protocol";
  const auto read_rest = [](reactor::ByteStream& stream, std::string& into,
                            std::size_t size) -> reactor::Task<void> {
    while (into.size() < size) {
      const auto chunk = co_await stream.receive();
      if (!chunk || chunk->empty()) break;
      into += chunk->text();
    }
  };
  test_support::run(pair.reactor(), read_rest(pair.near(), rest, expected.size()));
  EXPECT_EQ(rest, expected);
}

struct Refusal {
  int status = 0;
  std::string request;
};

std::vector<Refusal> refusals() {
  return {{400, "GET / HTTP/1.1\r\n\r\n"},
          {400, "GET /\r\n bad\r\n\r\n"},
          {413, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n"},
          {414, "GET /" + std::string(8 * 1024, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"},
          {431, get("/", "A: " + std::string(16 * 1024, 'a') + "\r\n")},
          {501, "BREW / HTTP/1.1\r\nHost: h\r\n\r\n"},
          {505, "GET / HTTP/3.0\r\nHost: h\r\n\r\n"}};
}

class HttpRefusal : public ::testing::TestWithParam<std::tuple<StreamKind, std::size_t>>,
                    public ConnectionLab {
 protected:
  HttpRefusal() : ConnectionLab(std::get<0>(GetParam())) {}
  const Refusal refusal = refusals()[std::get<1>(GetParam())];
};
INSTANTIATE_TEST_SUITE_P(Streams, HttpRefusal,
                         ::testing::Combine(test_support::kAllStreams,
                                            ::testing::Range(0UL, refusals().size())));

TEST_P(HttpRefusal, can_be_read_by_a_client_that_goes_on_sending) {
  client.say(get("/good") + refusal.request + get("/unseen") + std::string(50'000, 'x'));
  pair.turn_for(20ms);
  client.listen();
  ASSERT_TRUE(client.hears_the_end());
  ASSERT_EQ(answers().size(), 2U);
  EXPECT_EQ(answers()[0].status, 200);
  EXPECT_FALSE(answers()[0].closes());
  EXPECT_EQ(answers()[1].status, refusal.status);
  EXPECT_TRUE(answers()[1].closes());
  EXPECT_EQ(service.refused, std::vector<int>{refusal.status});
  EXPECT_EQ(service.seen, std::vector<std::string>{"GET /good "});
  client.finish_speaking();
  EXPECT_TRUE(ends());
}

TEST_P(HttpConnection, closes_after_an_http_1_0_request_unless_asked_not_to) {
  client.listen();
  client.say("GET /kept HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(hears_answers(1));
  EXPECT_TRUE(answers()[0].head.contains("Connection: keep-alive\r\n"));
  client.say("GET /last HTTP/1.0\r\n\r\n" + get("/unseen"));
  ASSERT_TRUE(client.hears_the_end());
  ASSERT_EQ(answers().size(), 2U);
  EXPECT_TRUE(answers()[1].closes());
  EXPECT_EQ(service.seen.size(), 2U);
}

TEST_P(HttpConnection, closes_when_the_client_or_the_service_says_so) {
  client.listen();
  const bool client_says_so = GetParam() != StreamKind::kMemory;
  client.say((client_says_so ? get("/it", "Connection: close\r\n") : get("/close")) +
             get("/unseen"));
  ASSERT_TRUE(client.hears_the_end());
  ASSERT_EQ(answers().size(), 1U);
  EXPECT_TRUE(answers()[0].closes());
  EXPECT_EQ(service.seen.size(), 1U);
}

TEST_P(HttpConnection, forgets_a_request_that_the_client_breaks_off) {
  client.listen();
  client.say(get("/whole") + "POST /half HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo");
  client.finish_speaking();
  EXPECT_TRUE(ends());
  EXPECT_TRUE(client.hears_the_end());
  EXPECT_EQ(answers().size(), 1U);
  EXPECT_EQ(service.seen, std::vector<std::string>{"GET /whole "});
}

TEST_P(HttpConnection, answers_a_client_that_has_ended_its_half) {
  client.listen();
  client.say(get("/slow"));
  client.finish_speaking();
  ASSERT_TRUE(client.hears_the_end());
  EXPECT_EQ(answers().size(), 1U);
  EXPECT_TRUE(ends());
}

TEST_P(HttpConnection, ends_when_the_client_vanishes_during_an_answer) {
  client.say(get("/slow") + get("/slow/unseen"));
  ASSERT_TRUE(pair.turn_until([&] { return !service.seen.empty(); }));
  client.vanish();
  EXPECT_TRUE(ends());
  EXPECT_GE(service.answered, 1U);
}

TEST_P(HttpConnection, ends_when_the_client_vanishes_while_a_large_answer_is_sent) {
  service.large_bytes = 16UL * 1024 * 1024;
  client.say(get("/large"));
  ASSERT_TRUE(pair.turn_until([&] { return service.answered == 1; }));
  pair.turn_for(5ms);
  EXPECT_FALSE(is_over);
  client.vanish();
  EXPECT_TRUE(ends());
}

TEST_P(HttpConnection, reads_no_further_requests_while_answers_wait_unsent) {
  // More than the bound of 256 KiB and what the kernel takes on the way.
  service.large_bytes = 4UL * 1024 * 1024;
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += get("/large");
  client.say(requests);
  pair.turn_for(50ms);
  EXPECT_GE(service.answered, 1U);
  EXPECT_LT(service.answered, 10U);
  if (GetParam() == StreamKind::kMemoryByteByByte) return;  // 80 MiB, byte by byte
  client.listen();
  EXPECT_TRUE(pair.turn_until([&] { return service.answered == 20; }));
}

TEST_P(HttpConnection, drain_at_rest_ends_at_once) {
  client.listen();
  client.say(get("/it"));
  ASSERT_TRUE(hears_answers(1));
  pair.turn_for(1ms);
  connection->drain();
  EXPECT_TRUE(ends(100ms));
  EXPECT_TRUE(client.hears_the_end());
}

TEST_P(HttpConnection, drain_before_the_first_byte_ends_at_once) {
  pair.turn_for(1ms);
  connection->drain();
  connection->drain();
  EXPECT_TRUE(ends(100ms));
}

TEST_P(HttpConnection, drain_lets_the_last_answer_leave) {
  client.say(get("/it"));
  ASSERT_TRUE(pair.turn_until([&] { return service.answered == 1; }));
  connection->drain();  // at rest, but nothing was sent yet
  connection->drain();
  client.listen();
  ASSERT_TRUE(client.hears_the_end());
  EXPECT_EQ(answers().size(), 1U);
}

TEST_P(HttpConnection, drain_during_an_answer_makes_it_the_last_one) {
  client.listen();
  client.say(get("/slow") + get("/unseen"));
  ASSERT_TRUE(pair.turn_until([&] { return service.seen.size() == 1; }));
  connection->drain();
  ASSERT_TRUE(client.hears_the_end());
  ASSERT_EQ(answers().size(), 1U);
  EXPECT_EQ(answers()[0].body, "GET /slow ");
  EXPECT_TRUE(answers()[0].closes());
}

TEST_P(HttpConnection, drain_during_a_request_answers_it_as_the_last_one) {
  client.listen();
  client.say("GET /ha");
  pair.turn_for(5ms);
  connection->drain();
  client.say("lf HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(client.hears_the_end());
  ASSERT_EQ(answers().size(), 1U);
  EXPECT_EQ(answers()[0].body, "GET /half ");
  EXPECT_TRUE(answers()[0].closes());
}

TEST(HttpDrain, answers_a_request_that_comes_while_the_last_answer_leaves) {
  ConnectionLab lab(StreamKind::kMemory);
  lab.client.say(get("/large"));  // more than the stream's buffer, less than holds reading back
  ASSERT_TRUE(lab.pair.turn_until([&] { return lab.service.answered == 1; }));
  lab.pair.turn_for(5ms);
  lab.connection->drain();
  lab.client.say(get("/slow"));
  ASSERT_TRUE(lab.pair.turn_until([&] { return lab.service.seen.size() == 2; }));
  lab.client.listen();
  ASSERT_TRUE(lab.client.hears_the_end());
  ASSERT_EQ(lab.answers().size(), 2U);
  EXPECT_EQ(lab.answers()[1].body, "GET /slow ");
  EXPECT_TRUE(lab.answers()[1].closes());
}

}  // namespace
}  // namespace ringtalk::http
