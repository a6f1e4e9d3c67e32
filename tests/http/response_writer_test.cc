#include "http/response_writer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ringtalk::http {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kDateField = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

std::string written(const Response& response, ResponseContext context = {}) {
  context.date = kDate;
  std::string out;
  write_response(out, response, context);
  return out;
}

Response json_response() {
  Response response{.status = 200, .body = "{}"};
  response.headers.add("Content-Type", "application/json");
  return response;
}

TEST(ResponseWriter, writes_head_and_body) {
  EXPECT_EQ(written(json_response()),
            "HTTP/1.1 200 OK\r\n" + std::string(kDateField) +
                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(ResponseWriter, appends_behind_what_is_there) {
  std::string out = "before";
  write_response(out, {.status = 404}, {.date = kDate});
  EXPECT_EQ(out, "beforeHTTP/1.1 404 Not Found\r\n" + std::string(kDateField) +
                     "Content-Length: 0\r\n\r\n");
}

TEST(ResponseWriter, answers_head_with_the_length_but_without_the_body) {
  EXPECT_EQ(written(json_response(), {.is_head = true}),
            "HTTP/1.1 200 OK\r\n" + std::string(kDateField) +
                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
}

TEST(ResponseWriter, writes_no_length_where_no_body_can_be) {
  EXPECT_EQ(written({.status = 204}),
            "HTTP/1.1 204 No Content\r\n" + std::string(kDateField) + "\r\n");
  EXPECT_EQ(written({.status = 304}),
            "HTTP/1.1 304 Not Modified\r\n" + std::string(kDateField) + "\r\n");
}

TEST(ResponseWriter, says_what_becomes_of_the_connection) {
  const auto connection_of = [](bool close, int version_minor, bool keep_alive) {
    const std::string text =
        written({.close = close}, {.version_minor = version_minor, .keep_alive = keep_alive});
    if (text.contains("Connection: close\r\n")) return "close";
    if (text.contains("Connection: keep-alive\r\n")) return "keep-alive";
    return "";
  };
  EXPECT_STREQ(connection_of(false, 1, true), "");
  EXPECT_STREQ(connection_of(false, 1, false), "close");
  EXPECT_STREQ(connection_of(true, 1, true), "close");
  EXPECT_STREQ(connection_of(false, 0, true), "keep-alive");
  EXPECT_STREQ(connection_of(false, 0, false), "close");
  EXPECT_STREQ(connection_of(true, 0, true), "close");
}

TEST(ResponseWriter, names_the_upgrade_that_it_asks_for) {
  const Response response{.status = 426, .body = "x"};
  EXPECT_TRUE(written(response).contains("Connection: upgrade\r\n"));
  Response last = response;
  last.close = true;
  EXPECT_TRUE(written(last).contains("Connection: upgrade, close\r\n"));
}

TEST(ResponseWriter, leaves_the_connection_of_a_101_to_its_maker) {
  Response response{.status = 101};
  response.headers.add("Connection", "Upgrade");
  response.headers.add("Upgrade", "websocket");
  EXPECT_EQ(written(response, {.keep_alive = false}),
            "HTTP/1.1 101 Switching Protocols\r\n" + std::string(kDateField) +
                "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(ResponseWriter, allocates_once) {
  Response response = json_response();
  response.headers.add("X-Request-Id", std::string(64, 'r'));
  response.body = std::string(5000, 'b');
  response.close = true;
  std::string out;
  write_response(out, response, {.date = kDate});
  EXPECT_LE(out.size(), out.capacity());
  EXPECT_LT(out.capacity(), out.size() + 192);  // the reserve fitted: no doubling after it
}

TEST(ResponseWriter, writes_continue) {
  std::string out;
  write_continue(out);
  EXPECT_EQ(out, "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(ResponseWriterDeathTest, aborts_on_what_would_split_or_contradict_the_response) {
  const auto write_with = [](std::string_view name, std::string_view value) {
    Response response;
    response.headers.add(name, value);
    return written(response);
  };
  EXPECT_DEATH(write_with("X", "a\r\nSet-Cookie: b"), "may_be_sent");
  EXPECT_DEATH(write_with("X", "a\nb"), "may_be_sent");
  EXPECT_DEATH(write_with("X", std::string_view("a\0b", 3)), "may_be_sent");
  EXPECT_DEATH(write_with("X\r\nY", "a"), "may_be_sent");
  EXPECT_DEATH(write_with("content-length", "1"), "may_be_sent");
  EXPECT_DEATH(write_with("Transfer-Encoding", "chunked"), "may_be_sent");
  EXPECT_DEATH(write_with("Connection", "close"), "may_be_sent");
  EXPECT_DEATH(written({.status = 204, .body = "x"}), "body");
}

TEST(HttpDate, is_written_as_rfc_9110_shows_it) {
  using namespace std::chrono;
  EXPECT_EQ(http_date(system_clock::time_point(seconds(784111777))), kDate);
  EXPECT_EQ(http_date(system_clock::time_point(milliseconds(1798761599999))),
            "Thu, 31 Dec 2026 23:59:59 GMT");
  EXPECT_EQ(http_date(system_clock::time_point(seconds(951782400))),
            "Tue, 29 Feb 2000 00:00:00 GMT");
}

}  // namespace
}  // namespace ringtalk::http
