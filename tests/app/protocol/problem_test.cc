#include "app/protocol/problem.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "app/protocol/request_id.h"

namespace ringtalk::app::protocol {
namespace {

using namespace std::chrono_literals;

TEST(Problem, has_the_status_of_the_contract_for_every_code) {
  const std::pair<std::string_view, int> contract[] = {
      {"validation_failed", 400},   {"malformed_json", 400},
      {"malformed_request", 400},   {"unauthenticated", 401},
      {"invalid_credentials", 401}, {"token_expired", 401},
      {"forbidden", 403},           {"not_found", 404},
      {"method_not_allowed", 405},  {"request_timeout", 408},
      {"email_taken", 409},         {"key_reused", 409},
      {"length_required", 411},     {"too_large", 413},
      {"uri_too_long", 414},        {"unsupported_media_type", 415},
      {"upgrade_required", 426},    {"rate_limited", 429},
      {"headers_too_large", 431},   {"internal", 500},
      {"not_implemented", 501},     {"unavailable", 503},
      {"http_version", 505}};
  EXPECT_EQ(std::size(contract), kErrorCodeCount);
  for (const auto& [word, status] : contract) {
    const auto code = error_code_of(word);
    ASSERT_TRUE(code) << word;
    EXPECT_EQ(traits_of(*code).word, word);
    EXPECT_EQ(traits_of(*code).status, status) << word;
  }
  EXPECT_EQ(error_code_of("no_such_code"), std::nullopt);
}

TEST(Problem, is_retryable_only_where_waiting_helps) {
  std::set<std::string_view> retryable;
  for (std::size_t i = 0; i < kErrorCodeCount; ++i) {
    const ErrorTraits& traits = traits_of(static_cast<ErrorCode>(i));
    if (traits.is_retryable) retryable.insert(traits.word);
  }
  EXPECT_EQ(retryable,
            (std::set<std::string_view>{"request_timeout", "rate_limited", "unavailable"}));
}

TEST(Problem, is_written_as_rfc_9457_has_it) {
  const Problem problem = validation_problem({{.field = "name", .detail = "is required"},
                                              {.field = "email", .detail = "must contain \"@\""}});
  std::string body;
  append_problem(body, problem, "abc-1");
  EXPECT_EQ(body, R"({"type":"about:blank","title":"Bad Request","status":400,)"
                  R"("code":"validation_failed","detail":"name is required",)"
                  R"("errors":[{"field":"name","detail":"is required"},)"
                  R"({"field":"email","detail":"must contain \"@\""}],)"
                  R"("requestId":"abc-1","retryable":false})");
}

TEST(Problem, tells_when_to_come_back) {
  std::string body;
  append_problem(body, {.code = ErrorCode::kUnavailable, .retry_after = 1500ms}, "r");
  EXPECT_EQ(body, R"({"type":"about:blank","title":"Service Unavailable","status":503,)"
                  R"("code":"unavailable","detail":"the service is not available for the moment",)"
                  R"("errors":[],"requestId":"r","retryable":true,"retryAfterMs":1500})");
}

TEST(Problem, rounds_retry_after_up_to_whole_seconds) {
  EXPECT_EQ(retry_after_seconds(0ms), 1);
  EXPECT_EQ(retry_after_seconds(1000ms), 1);
  EXPECT_EQ(retry_after_seconds(1001ms), 2);
}

TEST(RequestId, of_a_client_is_kept_when_sane) {
  EXPECT_TRUE(is_sane_request_id("A-z_0.9"));
  EXPECT_TRUE(is_sane_request_id(std::string(64, 'x')));
  EXPECT_FALSE(is_sane_request_id(std::string(65, 'x')));
  for (const char* text : {"", "a b", "a\r\nb", "a/b", "é", "a\"b", "a:b"}) {
    EXPECT_FALSE(is_sane_request_id(text)) << text;
  }
}

TEST(RequestId, that_is_made_is_sane_and_holds_all_its_bytes) {
  const std::string one = make_request_id({1, 2, 3});
  EXPECT_EQ(one.size(), 16U);
  EXPECT_TRUE(is_sane_request_id(one));
  EXPECT_NE(one, make_request_id({1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace ringtalk::app::protocol
