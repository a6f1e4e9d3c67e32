#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reading.h"

namespace ringtalk::http {
namespace {

using Outcome = RequestParser::Outcome;

TEST(RequestParser, reads_a_get) {
  const Reading reading = read_request(
      "GET /v1/users?email=a%40b.c HTTP/1.1\r\nHost: example.org:8080\r\nX-Empty:\r\n"
      "Accept: \t text/html, */*  \r\n\r\n");

  ASSERT_TRUE(reading.is_complete());
  const Request& request = reading.request;
  EXPECT_EQ(request.method, Method::kGet);
  EXPECT_EQ(request.version_minor, 1);
  EXPECT_EQ(request.target, "/v1/users?email=a%40b.c");
  EXPECT_EQ(request.path, "/v1/users");
  EXPECT_EQ(request.query, "email=a%40b.c");
  EXPECT_EQ(request.header("HOST"), "example.org:8080");
  EXPECT_EQ(request.header("accept"), "text/html, */*");
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_EQ(request.header("Absent"), std::nullopt);
  EXPECT_EQ(request.headers.size(), 3U);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.is_upgrade);
  EXPECT_FALSE(reading.saw_headers_complete);  // no body: nothing to decide before it
}

TEST(RequestParser, knows_its_methods) {
  for (const Method method : kMethods) {
    const Reading reading =
        read_request(std::string(method_name(method)) + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(reading.is_complete()) << method_name(method);
    EXPECT_EQ(reading.request.method, method);
  }
}

TEST(RequestParser, reads_a_body_of_known_length) {
  const Reading reading =
      read_request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET");

  ASSERT_TRUE(reading.is_complete());
  EXPECT_TRUE(reading.saw_headers_complete);
  EXPECT_EQ(reading.request.body, "hello");
}

TEST(RequestParser, reads_a_post_without_a_length_as_empty) {
  const Reading reading = read_request("POST /v1/users HTTP/1.1\r\nHost: a\r\n\r\n");

  ASSERT_TRUE(reading.is_complete());
  EXPECT_EQ(reading.request.body, "");
}

TEST(RequestParser, reads_chunks_and_drops_extensions_and_trailers) {
  const Reading reading = read_request(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;quoted=\"a;b\";name=value\r\nhello\r\n00a\r\n, chunks!!\r\n0\r\n"
      "Host: trailing\r\nX-Checksum: 1\r\n\r\n");

  ASSERT_TRUE(reading.is_complete());
  EXPECT_EQ(reading.request.body, "hello, chunks!!");
  EXPECT_EQ(reading.request.headers.size(), 2U);
  EXPECT_EQ(reading.request.header("Host"), "a");
}

TEST(RequestParser, leaves_pipelined_bytes_to_the_caller) {
  const std::string first = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";
  const std::string second =
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n";
  const std::string third = "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string all = first + second + third;
  RequestParser parser;

  const Reading one = read_request(parser, all);
  ASSERT_TRUE(one.is_complete());
  EXPECT_EQ(one.consumed, first.size());
  EXPECT_EQ(one.request.body, "ab");

  parser.reset();
  const Reading two = read_request(parser, std::string_view(all).substr(first.size()));
  ASSERT_TRUE(two.is_complete());
  EXPECT_EQ(two.consumed, second.size());
  EXPECT_EQ(two.request.path, "/2");
  EXPECT_EQ(two.request.body, "c");

  parser.reset();
  const Reading three = read_request(parser, third);
  ASSERT_TRUE(three.is_complete());
  EXPECT_EQ(three.request.path, "/3");
  EXPECT_EQ(three.request.body, "");
}

TEST(RequestParser, takes_nothing_more_until_reset) {
  RequestParser parser;
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(read_request(parser, request).is_complete());

  const auto again = parser.feed(request);

  EXPECT_EQ(again.outcome, Outcome::complete);
  EXPECT_EQ(again.consumed, 0U);
}

TEST(RequestParser, forgets_the_request_before_on_reset) {
  RequestParser parser;
  read_request(parser,
               "POST /a?b HTTP/1.0\r\nConnection: close\r\nX: y\r\nContent-Length: 1\r\n\r\nz");
  parser.reset();
  EXPECT_TRUE(parser.is_idle());
  EXPECT_EQ(parser.body_bytes(), 0U);

  const std::string next = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(describe(read_request(parser, next)), describe(read_request(next)));
}

TEST(RequestParser, forgets_a_refused_request_on_reset) {
  RequestParser parser;
  ASSERT_FALSE(read_request(parser, "GET / HTTP/1.1\r\n\r\n").is_complete());
  EXPECT_EQ(parser.feed("GET").outcome, Outcome::error);

  parser.reset();

  EXPECT_TRUE(read_request(parser, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").is_complete());
}

TEST(RequestParser, tells_idle_from_slow) {
  RequestParser parser;
  EXPECT_TRUE(parser.is_idle());
  EXPECT_EQ(parser.feed("G").outcome, Outcome::need_more);
  EXPECT_FALSE(parser.is_idle());
}

TEST(RequestParser, gives_the_same_result_for_every_cut) {
  const std::vector<std::string> requests = {
      "GET /v1/users?name=a%20b HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nA: b c \r\n\r\n",
      "\r\nPOST /v1/users HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 4\r\n\r\nbodyGET",
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4;a=\"b\"\r\n\r\n\r\n\r\n1\r\nx\r\n0\r\nTrailer: t\r\n\r\nGET / HTTP/1.1",
      "GET /v1/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x85",
      "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nFold: b\r\n c\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"};
  for (const std::string& request : requests) {
    const std::string whole = describe(read_request(request));
    EXPECT_EQ(describe(read_request(request, {.piece_bytes = 1})), whole) << request;
    for (std::size_t cut = 0; cut <= request.size(); ++cut) {
      EXPECT_EQ(describe(read_request(request, {.first_cut = cut})), whole) << cut << request;
    }
  }
}

TEST(RequestParser, needs_more_at_every_prefix) {
  const std::string request =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nA: "
      "b\r\n\r\n";
  for (std::size_t length = 0; length < request.size(); ++length) {
    const Reading reading = read_request(std::string_view(request).substr(0, length));
    EXPECT_EQ(reading.outcome, Outcome::need_more) << length;
    EXPECT_EQ(reading.consumed, length);
  }
  EXPECT_TRUE(read_request(request).is_complete());
}

TEST(RequestParser, follows_the_keep_alive_rules_of_both_versions) {
  const auto keeps_alive = [](std::string_view version, std::string_view connection) {
    const Reading reading = read_request("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                                         std::string(connection) + "\r\n");
    EXPECT_TRUE(reading.is_complete());
    return reading.request.keep_alive;
  };
  EXPECT_TRUE(keeps_alive("1.1", ""));
  EXPECT_FALSE(keeps_alive("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps_alive("1.1", "Connection: Upgrade, Close\r\n"));
  EXPECT_FALSE(keeps_alive("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps_alive("1.0", ""));
  EXPECT_TRUE(keeps_alive("1.0", "Connection: keep-alive\r\n"));
}

TEST(RequestParser, leaves_the_bytes_behind_an_upgrade_to_the_new_protocol) {
  const std::string head =
      "GET /v1/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
      "Connection: keep-alive, Upgrade\r\n\r\n";

  const Reading reading = read_request(head + "\x81\x80GET");

  ASSERT_TRUE(reading.is_complete());
  EXPECT_TRUE(reading.request.is_upgrade);
  EXPECT_EQ(reading.consumed, head.size());
}

TEST(RequestParser, sees_no_upgrade_without_its_connection_option_or_in_http_1_0) {
  EXPECT_FALSE(
      read_request("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").request.is_upgrade);
  EXPECT_FALSE(read_request("GET / HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                   .request.is_upgrade);
}

TEST(RequestParser, reads_the_body_of_a_request_that_also_asks_for_an_upgrade) {
  const Reading reading = read_request(
      "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
      "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
  ASSERT_TRUE(reading.is_complete());
  EXPECT_FALSE(reading.request.is_upgrade);
  EXPECT_EQ(reading.request.body, "ab");
}

TEST(RequestParser, stops_before_the_body_when_the_client_waits_for_100) {
  RequestParser parser;
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";

  const auto progress = parser.feed(head + "ab");

  EXPECT_EQ(progress.outcome, Outcome::headers_complete);
  EXPECT_EQ(progress.consumed, head.size());
  EXPECT_TRUE(parser.request().expect_continue);
  EXPECT_EQ(parser.feed("").outcome, Outcome::need_more);
  EXPECT_EQ(parser.feed("ab").outcome, Outcome::complete);
}

TEST(RequestParser, expects_no_100_without_a_body_or_in_http_1_0) {
  EXPECT_FALSE(read_request("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
                   .request.expect_continue);
  EXPECT_FALSE(read_request("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na")
                   .request.expect_continue);
}

TEST(RequestParser, counts_a_discarded_body_under_a_limit_of_its_own) {
  constexpr std::uint64_t kBodyBytes = 16 * 1024 * 1024;
  RequestParser parser;
  ASSERT_EQ(parser
                .feed("POST /test/post HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                      std::to_string(kBodyBytes) + "\r\n\r\n")
                .outcome,
            Outcome::headers_complete);
  parser.set_body_bytes_max(kBodyBytes);
  parser.discard_body();

  const Reading reading =
      read_request(parser, std::string(kBodyBytes, 'x'), {.piece_bytes = 65536});

  ASSERT_TRUE(reading.is_complete());
  EXPECT_EQ(parser.body_bytes(), kBodyBytes);
  EXPECT_EQ(reading.request.body, "");
}

TEST(RequestParser, keeps_the_raised_limit_for_one_request_only) {
  RequestParser parser(RequestLimits{.body_bytes_max = 1});
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(parser.feed(head).outcome, Outcome::headers_complete);
  parser.set_body_bytes_max(2);
  ASSERT_EQ(parser.feed("ab").outcome, Outcome::complete);

  parser.reset();

  EXPECT_EQ(read_request(parser, head + "ab").error.status, 413);
}

TEST(RequestParser, keeps_its_memory_for_ordinary_requests) {
  RequestParser parser;
  const std::string request =
      "POST /v1/conversations/7341/messages HTTP/1.1\r\nHost: example.org\r\n"
      "Content-Length: 20\r\n\r\n{\"content\":\"a text\"}";
  read_request(parser, request);
  const void* const body_memory = parser.request().body.data();
  const void* const path_memory = parser.request().path.data();

  parser.reset();
  read_request(parser, request);

  EXPECT_EQ(parser.request().body.data(), body_memory);
  EXPECT_EQ(parser.request().path.data(), path_memory);
}

TEST(RequestParser, gives_the_memory_of_a_large_request_back) {
  RequestParser parser;
  read_request(parser, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" +
                           std::string(60000, 'x'));
  ASSERT_GE(parser.request().body.capacity(), 60000U);

  parser.reset();

  EXPECT_LT(parser.request().body.capacity(), 5000U);
}

}  // namespace
}  // namespace ringtalk::http
