// What REST does before a store is asked, and when none answers.
#include "app/rest/api.h"

#include <gtest/gtest.h>

#include "rest_house.h"

namespace ringtalk::app::rest {
namespace {

using http::Method;
using http::Response;
using testing::header_of;
using testing::RestHouse;
using testing::Sent;

constexpr const char* kJson = "application/json";

bool has_code(const Response& response, std::string_view code) {
  return response.body.find(R"("code":")" + std::string(code) + '"') != std::string::npos;
}

class ApiTest : public ::testing::Test {
 protected:
  [[nodiscard]] Sent as_user(Sent sent) {
    sent.headers.emplace_back("Authorization", house_.bearer());
    return sent;
  }
  [[nodiscard]] static Sent with_json(Sent sent) {
    sent.headers.emplace_back("Content-Type", kJson);
    return sent;
  }

  RestHouse house_;
};

// --- who asks ---

TEST_F(ApiTest, answers_401_to_strangers_before_anything_else) {
  for (const Sent& sent :
       {Sent{.target = "/v1/users/me"}, Sent{.target = "/v1/nothing/here"},
        Sent{.method = Method::kDelete, .target = "/v1/users/me"},
        Sent{.method = Method::kPost, .target = "/v1/conversations", .body = "x"},
        Sent{.target = "/v1/conversations/no_id!"}, Sent{.target = "/v1/%zz"},
        Sent{.target = "/v1/ws"}, Sent{.target = "/ws/1"}}) {
    const Response response = house_.answer(sent);
    EXPECT_EQ(response.status, 401) << sent.target;
    EXPECT_TRUE(has_code(response, "unauthenticated"));
    EXPECT_EQ(header_of(response, "WWW-Authenticate"), "Bearer");
    EXPECT_EQ(header_of(response, "Content-Type"), "application/problem+json");
  }
}

TEST_F(ApiTest, tells_an_expired_token) {
  const Response response = house_.answer(
      {.target = "/v1/users/me", .headers = {{"Authorization", house_.expired_bearer()}}});
  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(has_code(response, "token_expired"));
}

TEST_F(ApiTest, lets_strangers_register_and_look_whether_it_runs) {
  for (const char* path : {"/healthz", "/livez", "/healthz/", "/test/static/1k"}) {
    EXPECT_EQ(house_.answer({.target = path}).status, 200) << path;
  }
  EXPECT_EQ(house_
                .answer(with_json(
                    {.method = Method::kPost, .target = "/v1/users/register", .body = "{}"}))
                .status,
            400);
  EXPECT_EQ(house_.answer({.target = "/v1/users/login"}).status, 405);
  EXPECT_EQ(house_.answer({.target = "/nothing"}).status, 404);
}

// --- method, media type, size, form ---

TEST_F(ApiTest, names_the_methods_that_there_are) {
  const Response wrong = house_.answer(as_user({.method = Method::kPut, .target = "/v1/users/me"}));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header_of(wrong, "Allow"), "GET, HEAD, PATCH, OPTIONS");
  const Response options = house_.answer({.method = Method::kOptions, .target = "/v1/users/me"});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header_of(options, "Allow"), "GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(house_.answer({.method = Method::kOptions, .target = "*"}).status, 204);
}

TEST_F(ApiTest, wants_json_to_be_called_json) {
  Sent sent{.method = Method::kPost, .target = "/v1/users/login", .body = "{}"};
  EXPECT_EQ(house_.answer(sent).status, 415);
  for (const char* type :
       {"text/plain", "application/json5", "application/x-www-form-urlencoded", ""}) {
    sent.headers = {{"Content-Type", type}};
    EXPECT_EQ(house_.answer(sent).status, 415) << type;
  }
  for (const char* type : {kJson, "Application/JSON", "application/json ; charset=utf-8"}) {
    sent.headers = {{"Content-Type", type}};
    EXPECT_EQ(house_.answer(sent).status, 400) << type;
  }
}

TEST_F(ApiTest, wants_a_body_where_there_is_none) {
  const Response response = house_.answer({.method = Method::kPost, .target = "/v1/users/login"});
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(has_code(response, "malformed_json"));
}

TEST_F(ApiTest, answers_malformed_calls_without_asking_the_database) {
  const std::string path = "/v1/conversations/1/";
  const Response body = house_.answer(
      as_user(with_json({.method = Method::kPost, .target = path + "messages", .body = "{"})));
  EXPECT_EQ(body.status, 400);
  EXPECT_TRUE(has_code(body, "malformed_json"));
  const Response query = house_.answer(as_user({.target = path + "messages?limit=1&limit=2"}));
  EXPECT_EQ(query.status, 400);
  EXPECT_TRUE(has_code(query, "malformed_request"));
  EXPECT_EQ(house_.answer(as_user({.target = "/v1/%zz"})).status, 400);
}

TEST_F(ApiTest, asks_for_membership_before_it_judges_values) {
  for (const char* path : {"messages", "receipts", "members"}) {
    const Response response =
        house_.answer(as_user(with_json({.method = Method::kPost,
                                         .target = std::string("/v1/conversations/1/") + path,
                                         .body = R"({"readSeq":-1})"})));
    EXPECT_EQ(response.status, 503) << path << ": the database is away, so nobody can tell";
  }
  EXPECT_EQ(house_.answer(as_user({.target = "/v1/conversations/1/events?limit=0"})).status, 503);
}

TEST_F(ApiTest, refuses_a_large_body_only_to_who_may_send_one) {
  const http::RequestError too_large{.status = 413, .code = "too_large", .detail = "too large"};
  Sent sent{.method = Method::kPost, .target = "/v1/conversations"};
  const http::Request stranger = house_.request_of(sent);
  EXPECT_EQ(house_.api.refuse(&stranger, too_large).status, 401);
  const http::Request user = house_.request_of(as_user(sent));
  EXPECT_EQ(house_.api.refuse(&user, too_large).status, 413);
  sent.target = "/v1/users/login";
  const http::Request login = house_.request_of(sent);
  EXPECT_EQ(house_.api.refuse(&login, too_large).status, 413);
  EXPECT_EQ(house_.api.refuse(nullptr, http::malformed_request("bad")).status, 400);
}

TEST_F(ApiTest, reads_large_bodies_at_the_measuring_endpoint_alone) {
  const http::Request measured =
      house_.request_of({.method = Method::kPost, .target = "/test/post"});
  EXPECT_EQ(house_.api.plan_body(measured).bytes_max, 16U * 1024 * 1024);
  EXPECT_TRUE(house_.api.plan_body(measured).discard);
  const http::Request usual =
      house_.request_of({.method = Method::kPost, .target = "/v1/users/login"});
  EXPECT_EQ(house_.api.plan_body(usual).bytes_max, 64U * 1024);
  EXPECT_FALSE(house_.api.plan_body(usual).discard);
  EXPECT_EQ(house_.answer({.method = Method::kPost, .target = "/test/post", .body = "12345"}).body,
            R"({"bytes":5})");
}

TEST_F(ApiTest, asks_for_a_websocket_where_one_is_spoken) {
  const Response response = house_.answer(as_user({.target = "/v1/ws"}));
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(header_of(response, "Upgrade"), "websocket");
  EXPECT_EQ(header_of(response, "Sec-WebSocket-Version"), "13");
}

// --- request id, log, figures ---

TEST_F(ApiTest, echoes_a_sane_request_id_and_makes_one_otherwise) {
  const Response own =
      house_.answer({.target = "/nothing", .headers = {{"X-Request-Id", "abc.1_2-3"}}});
  EXPECT_EQ(header_of(own, "X-Request-Id"), "abc.1_2-3");
  EXPECT_NE(own.body.find(R"("requestId":"abc.1_2-3")"), std::string::npos);
  for (const std::string& bad : {std::string("a b"), std::string(65, 'a'), std::string()}) {
    const Response made = house_.answer({.target = "/healthz", .headers = {{"X-Request-Id", bad}}});
    EXPECT_EQ(header_of(made, "X-Request-Id").size(), 16U);
  }
}

TEST_F(ApiTest, logs_routes_and_never_tokens) {
  (void)house_.answer({.target = "/v1/users/77?token=secret",
                       .headers = {{"Authorization", house_.bearer()}, {"X-Request-Id", "r1"}}});
  const std::string& line = house_.log.lines.back();
  EXPECT_TRUE(line.starts_with("1 http.request method=GET route=/v1/users/{id} status=503 "))
      << line;
  EXPECT_TRUE(line.ends_with("request_id=r1")) << line;
  EXPECT_EQ(line.find("secret"), line.npos);
  EXPECT_EQ(line.find("77"), line.npos);
  (void)house_.answer({.target = "/healthz"});
  EXPECT_TRUE(house_.log.lines.back().starts_with("0 http.request")) << "probes only for debugging";
}

TEST_F(ApiTest, shows_what_it_counted) {
  (void)house_.answer({.target = "/nothing"});
  (void)house_.answer({.target = "/healthz"});
  const Response page = house_.answer({.target = "/metrics"});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(header_of(page, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"ringtalk_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"2xx\",} 1\n",
        "ringtalk_http_requests_total{method=\"other\",route=\"other\",status=\"4xx\",} 1\n",
        "ringtalk_shards 1\n", "backend=\"sim\"", "ringtalk_db_connections_up 0\n"}) {
    EXPECT_NE(page.body.find(line), std::string::npos) << line;
  }
}

// --- without a database ---

TEST_F(ApiTest, says_when_to_come_back_while_the_database_is_away) {
  const Response response = house_.answer(as_user({.target = "/v1/users/me"}));
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(has_code(response, "unavailable"));
  EXPECT_EQ(header_of(response, "Retry-After"), "2");
  EXPECT_NE(response.body.find(R"("retryable":true)"), std::string::npos);
  EXPECT_NE(response.body.find(R"("retryAfterMs":2000)"), std::string::npos);
}

TEST_F(ApiTest, is_not_ready_without_its_database_or_while_draining) {
  const Response away = house_.answer({.target = "/readyz"});
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(header_of(away, "Retry-After"), "2");
  EXPECT_NE(away.body.find(R"("field":"database")"), std::string::npos);
  EXPECT_EQ(away.body.find(R"("field":"server")"), std::string::npos);
  house_.api.drain();
  EXPECT_NE(house_.answer({.target = "/readyz"}).body.find(R"("field":"server")"),
            std::string::npos);
  EXPECT_EQ(house_.answer({.target = "/livez"}).status, 200);
}

// --- rate limits ---

TEST(ApiRateLimits, refuse_an_address_that_guesses_passwords) {
  RestHouse house(RateLimiter::Switch::kOn);
  const Sent login{.method = Method::kPost, .target = "/v1/users/login", .body = "{}"};
  for (std::int64_t left = kAddressEntryRule.burst; left-- > 0;) {
    const Response response = house.answer(login);
    EXPECT_EQ(response.status, 415);
    EXPECT_EQ(header_of(response, "RateLimit-Limit"), "20");
    EXPECT_EQ(header_of(response, "RateLimit-Remaining"), std::to_string(left));
  }
  const Response refused = house.answer(login);
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(has_code(refused, "rate_limited"));
  EXPECT_EQ(header_of(refused, "Retry-After"), "6");
  EXPECT_EQ(header_of(refused, "RateLimit-Remaining"), "0");
  EXPECT_EQ(header_of(refused, "RateLimit-Reset"), "120");
  EXPECT_EQ(house.answer({.target = "/healthz"}).status, 200) << "probes are not counted";
}

TEST(ApiRateLimits, cost_nothing_when_they_are_off) {
  RestHouse house;
  const Response response = house.answer({.method = Method::kPost, .target = "/v1/users/login"});
  EXPECT_EQ(header_of(response, "RateLimit-Limit"), "(none)");
  EXPECT_EQ(house.rate_limiter.buckets(), 0U);
}

}  // namespace
}  // namespace ringtalk::app::rest
