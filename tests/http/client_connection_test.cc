#include "http/client_connection.h"

#include <gtest/gtest.h>

#include <vector>

#include "stream_pair.h"

namespace ringtalk::http {
namespace {

using reactor::ErrorKind;
using reactor::Result;
using test_support::Peer;
using test_support::StreamKind;
using test_support::StreamPair;

std::string answer(std::string_view body, std::string_view more_fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_fields) + "\r\n" + std::string(body);
}

class ClientConnectionTest : public testing::TestWithParam<StreamKind> {
 protected:
  ClientConnectionTest() { peer_.listen(); }
  ~ClientConnectionTest() override {
    pair_.scope().spawn(close());
    EXPECT_TRUE(pair_.turn_until([this] { return is_closed_; }));
  }

  void ask(std::string target, Method method = Method::kGet) {
    answers_.emplace_back();
    pair_.scope().spawn(keep({.method = method, .target = std::move(target)}, answers_.size() - 1));
  }
  reactor::Task<void> keep(OutgoingRequest request, std::size_t place) {
    auto result = co_await client_->ask(std::move(request));
    answers_[place] = std::move(result);
  }
  reactor::Task<void> close() {
    co_await client_->close();
    is_closed_ = true;
  }
  [[nodiscard]] bool has_answer(std::size_t place) {
    return pair_.turn_until([&] { return answers_[place].has_value(); });
  }
  void open(std::size_t in_flight_max) {
    options_.in_flight_max = in_flight_max;
    client_.emplace(pair_.reactor(), pair_.near(), options_);
  }

  StreamPair pair_{GetParam()};
  Peer peer_{pair_};
  ClientOptions options_{.host = "host"};
  std::optional<ClientConnection> client_;
  std::vector<std::optional<Result<Response>>> answers_;
  bool is_closed_ = false;
};

TEST_P(ClientConnectionTest, one_request_waits_for_the_answer_to_the_other) {
  open(1);
  ask("/one");
  ask("/two");
  ASSERT_TRUE(peer_.hears("GET /one HTTP/1.1\r\nHost: host\r\n\r\n"));
  pair_.turn_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(peer_.heard().contains("/two"));
  EXPECT_EQ(client_->unanswered(), 2U);

  peer_.say(answer("1"));
  ASSERT_TRUE(has_answer(0));
  EXPECT_EQ((*answers_[0])->body, "1");
  ASSERT_TRUE(peer_.hears("/two"));
  peer_.say(answer("2"));
  ASSERT_TRUE(has_answer(1));
  EXPECT_EQ((*answers_[1])->body, "2");
  EXPECT_TRUE(client_->is_open());
}

TEST_P(ClientConnectionTest, pipelined_answers_come_in_order) {
  open(3);
  for (const char* target : {"/1", "/2", "/3", "/4"}) ask(target);
  ASSERT_TRUE(peer_.hears("/3"));
  EXPECT_FALSE(peer_.heard().contains("/4"));
  peer_.say(answer("1") + answer("2") + answer("3"));
  ASSERT_TRUE(peer_.hears("/4"));
  peer_.say(answer("4"));
  for (std::size_t place = 0; place < 4; ++place) {
    ASSERT_TRUE(has_answer(place));
    EXPECT_EQ((*answers_[place])->body, std::to_string(place + 1));
  }
}

TEST_P(ClientConnectionTest, who_comes_later_is_asked_later) {
  open(1);
  for (const char* target : {"/1", "/2", "/3"}) ask(target);
  ASSERT_TRUE(peer_.hears("/1"));
  peer_.say(answer("1"));
  ASSERT_TRUE(has_answer(0));
  ask("/4");  // "/2" may just have been given its turn
  for (const char* target : {"/2", "/3", "/4"}) {
    ASSERT_TRUE(peer_.hears(target));
    peer_.say(answer(target));
  }
  ASSERT_TRUE(has_answer(3));
  for (std::size_t place = 1; place < 4; ++place) {
    EXPECT_EQ((*answers_[place])->body, "/" + std::to_string(place + 1));
  }
}

TEST_P(ClientConnectionTest, the_answer_to_head_is_told_apart) {
  open(2);
  ask("/one", Method::kHead);
  ask("/two");
  ASSERT_TRUE(peer_.hears("/two"));
  peer_.say("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + answer("2"));
  ASSERT_TRUE(has_answer(1));
  EXPECT_EQ((*answers_[0])->body, "");
  EXPECT_EQ((*answers_[1])->body, "2");
}

TEST_P(ClientConnectionTest, all_fail_when_the_server_hangs_up) {
  open(2);
  for (const char* target : {"/1", "/2", "/3"}) ask(target);
  ASSERT_TRUE(peer_.hears("/2"));
  peer_.say(answer("1") + "HTTP/1.1 200");
  peer_.finish_speaking();
  for (std::size_t place = 0; place < 3; ++place) ASSERT_TRUE(has_answer(place));
  EXPECT_TRUE(answers_[0]->has_value());
  EXPECT_EQ(answers_[1]->error().kind, ErrorKind::kClosed);
  EXPECT_EQ(answers_[2]->error().kind, ErrorKind::kClosed);
  EXPECT_FALSE(client_->is_open());
}

TEST_P(ClientConnectionTest, after_a_last_answer_nothing_is_asked) {
  open(1);
  ask("/1");
  ask("/2");
  ASSERT_TRUE(peer_.hears("/1"));
  peer_.say(answer("1", "Connection: close\r\n"));
  ASSERT_TRUE(has_answer(1));
  EXPECT_EQ((*answers_[0])->body, "1");
  EXPECT_EQ(answers_[1]->error().kind, ErrorKind::kClosed);
}

TEST_P(ClientConnectionTest, what_is_no_answer_ends_the_connection) {
  open(1);
  ask("/1");
  ASSERT_TRUE(peer_.hears("/1"));
  peer_.say("SMTP ready\r\n");
  ASSERT_TRUE(has_answer(0));
  EXPECT_EQ(answers_[0]->error().kind, ErrorKind::kProtocol);
}

TEST_P(ClientConnectionTest, an_answer_that_does_not_come_is_not_waited_for_for_ever) {
  options_.answer_timeout = std::chrono::milliseconds(20);
  open(1);
  ask("/1");
  ASSERT_TRUE(has_answer(0));
  EXPECT_EQ(answers_[0]->error().kind, ErrorKind::kTimedOut);
}

INSTANTIATE_TEST_SUITE_P(Streams, ClientConnectionTest, test_support::kAllStreams,
                         test_support::name_of);

}  // namespace
}  // namespace ringtalk::http
