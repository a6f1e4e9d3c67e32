#include "http/request_writer.h"

#include <gtest/gtest.h>

#include "reading.h"

namespace ringtalk::http {
namespace {

std::string written(const OutgoingRequest& request) {
  std::string out;
  write_request(out, request, "example.org:8080");
  return out;
}

TEST(RequestWriter, writes_a_request_without_a_body) {
  OutgoingRequest request{.target = "/v1/users/me?x=1"};
  request.headers.add("Authorization", "Bearer abc");
  EXPECT_EQ(written(request),
            "GET /v1/users/me?x=1 HTTP/1.1\r\nHost: example.org:8080\r\n"
            "Authorization: Bearer abc\r\n\r\n");
}

TEST(RequestWriter, tells_the_length_of_a_body_also_of_an_empty_one) {
  EXPECT_EQ(written({.method = Method::kPost, .target = "/a", .body = "{}"}),
            "POST /a HTTP/1.1\r\nHost: example.org:8080\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(written({.method = Method::kPost, .target = "/a"}),
            "POST /a HTTP/1.1\r\nHost: example.org:8080\r\nContent-Length: 0\r\n\r\n");
}

TEST(RequestWriter, our_parser_reads_what_it_writes) {
  for (const Method method : kMethods) {
    OutgoingRequest request{.method = method, .target = "/a/b?c=%20d"};
    request.headers.add("X-One", "1");
    if (method == Method::kPut) request.body = "some body";
    const Reading reading = read_request(written(request));
    ASSERT_TRUE(reading.is_complete()) << reading.error.detail;
    EXPECT_EQ(reading.request.method, method);
    EXPECT_EQ(reading.request.target, request.target);
    EXPECT_EQ(reading.request.header("x-one"), "1");
    EXPECT_EQ(reading.request.body, request.body);
  }
}

TEST(RequestWriterDeathTest, line_breaks_and_its_own_fields_abort) {
  OutgoingRequest with_break;
  with_break.headers.add("X", "a\r\nY: b");
  EXPECT_DEATH(written(with_break), "may_be_sent");
  OutgoingRequest with_length;
  with_length.headers.add("content-length", "1");
  EXPECT_DEATH(written(with_length), "may_be_sent");
  EXPECT_DEATH(written({.target = "/a b"}), "is_target");
  EXPECT_DEATH(written({.target = ""}), "is_target");
}

}  // namespace
}  // namespace ringtalk::http
