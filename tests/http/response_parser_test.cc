#include "http/response_parser.h"

#include <gtest/gtest.h>

#include "http/response_writer.h"
#include "response_reading.h"

namespace ringtalk::http {
namespace {

using Outcome = ResponseParser::Outcome;

constexpr std::string_view kCounted =
    "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-One:  1 \r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n";

TEST(ResponseParser, reads_a_counted_body) {
  const ResponseReading reading = read_response(kCounted);
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.response.status, 201);
  EXPECT_EQ(reading.response.headers.find("x-one"), "1");
  EXPECT_EQ(reading.response.body, "hello");
  EXPECT_FALSE(reading.response.close);
}

TEST(ResponseParser, reads_chunks_and_drops_trailers) {
  const ResponseReading reading = read_response(kChunked);
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.response.body, "hello");
  EXPECT_EQ(reading.response.headers.size(), 1U);
}

TEST(ResponseParser, takes_nothing_past_the_end_of_a_response) {
  for (const std::string_view one : {kCounted, kChunked}) {
    const ResponseReading reading = read_response(std::string(one).append(kCounted));
    EXPECT_EQ(reading.outcome, Outcome::complete);
    EXPECT_EQ(reading.consumed, one.size());
  }
}

TEST(ResponseParser, reads_the_same_in_every_cut) {
  for (const std::string_view one : {kCounted, kChunked}) {
    const std::string whole = describe(read_response(one));
    for (std::size_t piece = 1; piece < one.size(); ++piece) {
      EXPECT_EQ(describe(read_response(one, Method::kGet, piece)), whole) << piece;
    }
  }
}

TEST(ResponseParser, the_answer_to_head_has_no_body) {
  const ResponseReading reading = read_response(kCounted, Method::kHead);
  EXPECT_EQ(reading.outcome, Outcome::complete);
  EXPECT_EQ(reading.consumed, kCounted.size() - 5);
  EXPECT_EQ(reading.response.body, "");
}

TEST(ResponseParser, passes_interim_responses_over) {
  const ResponseReading reading =
      read_response("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" + std::string(kCounted));
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.response.status, 201);
  EXPECT_FALSE(reading.response.headers.find("X"));
}

TEST(ResponseParser, behind_101_comes_another_protocol) {
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const ResponseReading reading = read_response(head + "\x81\x02hi");
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.consumed, head.size());
  EXPECT_EQ(reading.response.status, 101);
}

TEST(ResponseParser, a_body_without_a_length_ends_with_the_connection) {
  const std::string_view bytes = "HTTP/1.1 200 OK\r\n\r\nhello";
  EXPECT_EQ(read_response(bytes).outcome, Outcome::need_more);
  const ResponseReading reading = read_response(bytes, Method::kGet, 1, {}, true);
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.response.body, "hello");
  EXPECT_TRUE(reading.response.close);
}

TEST(ResponseParser, says_when_the_server_closes) {
  EXPECT_TRUE(read_response("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").response.close);
  EXPECT_TRUE(read_response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").response.close);
}

TEST(ResponseParser, an_end_within_a_response_is_an_error) {
  for (std::size_t cut = 0; cut < kCounted.size(); ++cut) {
    const auto reading = read_response(kCounted.substr(0, cut), Method::kGet, 7, {}, true);
    EXPECT_EQ(reading.outcome, Outcome::error) << cut;
    EXPECT_NE(reading.error, "") << cut;
  }
}

TEST(ResponseParser, refuses_what_is_no_response) {
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "\x16\x03\x01",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"}) {
    EXPECT_EQ(read_response(bytes).outcome, Outcome::error) << bytes;
  }
}

TEST(ResponseParser, bodies_and_heads_have_a_bound) {
  constexpr ResponseLimits kLimits{.header_bytes_max = 25, .body_bytes_max = 5};
  EXPECT_EQ(read_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 123456\r\n\r\n12345",
                          Method::kGet, 1, kLimits)
                .outcome,
            Outcome::complete);
  EXPECT_EQ(
      read_response("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123456", Method::kGet, 1, kLimits)
          .error,
      "the body is larger than we take");
  EXPECT_EQ(read_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 12345678\r\n\r\n12345",
                          Method::kGet, 1, kLimits)
                .error,
            "the head is larger than we take");
}

TEST(ResponseParser, reads_what_our_writer_writes) {
  Response sent{.status = 404, .body = "{}"};
  sent.headers.add("Content-Type", "application/problem+json");
  std::string bytes;
  write_response(bytes, sent, {.keep_alive = false, .date = "now"});
  const ResponseReading reading = read_response(bytes);
  ASSERT_EQ(reading.outcome, Outcome::complete) << reading.error;
  EXPECT_EQ(reading.response.status, 404);
  EXPECT_EQ(reading.response.body, "{}");
  EXPECT_TRUE(reading.response.close);
}

}  // namespace
}  // namespace ringtalk::http
