#include "http/router.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::http {
namespace {

// Handlers are names here.
Router<std::string> make_router() {
  Router<std::string> router;
  router.add(Method::kGet, "/", "root");
  router.add(Method::kGet, "/v1/users/{id}", "read user");
  router.add(Method::kPost, "/v1/users/login", "log in");
  router.add(Method::kGet, "/v1/users/me", "read me");
  router.add(Method::kPatch, "/v1/users/me", "change me");
  router.add(Method::kGet, "/v1/conversations/{id}/messages", "read messages");
  router.add(Method::kPost, "/v1/conversations/{id}/messages", "send");
  router.add(Method::kDelete, "/v1/conversations/{id}/members/{userId}", "remove member");
  router.add(Method::kGet, "/test/static/{path...}", "static file");
  return router;
}

TEST(Router, finds_a_handler_and_its_parameters) {
  const auto router = make_router();

  const auto match = router.match(Method::kDelete, "/v1/conversations/12-a/members/Z9");

  ASSERT_EQ(match.outcome, RouteOutcome::found);
  EXPECT_EQ(*match.handler, "remove member");
  EXPECT_EQ(match.parameters["id"], "12-a");
  EXPECT_EQ(match.parameters["userId"], "Z9");
  EXPECT_EQ(match.pattern, "/v1/conversations/{id}/members/{userId}");
  EXPECT_TRUE(match.ids_are_well_formed);
}

TEST(Router, prefers_a_literal_whatever_was_added_first) {
  const auto router = make_router();
  EXPECT_EQ(*router.match(Method::kGet, "/v1/users/me").handler, "read me");
  EXPECT_EQ(*router.match(Method::kGet, "/v1/users/you").handler, "read user");
}

TEST(Router, accepts_one_trailing_slash) {
  const auto router = make_router();
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/me/").outcome, RouteOutcome::found);
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/me//").outcome, RouteOutcome::not_found);
  EXPECT_EQ(router.match(Method::kGet, "/v1//users/me").outcome, RouteOutcome::not_found);
  EXPECT_EQ(*router.match(Method::kGet, "/").handler, "root");
  EXPECT_EQ(router.match(Method::kGet, "//").outcome, RouteOutcome::not_found);
}

TEST(Router, tells_404_from_405) {
  const auto router = make_router();
  EXPECT_EQ(router.match(Method::kGet, "/v1/nothing").outcome, RouteOutcome::not_found);
  EXPECT_EQ(router.match(Method::kGet, "/v1/users").outcome, RouteOutcome::not_found);
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/1/2").outcome, RouteOutcome::not_found);
  EXPECT_EQ(router.match(Method::kGet, "/V1/users/me").outcome, RouteOutcome::not_found);

  const auto match = router.match(Method::kPut, "/v1/conversations/1/messages");
  EXPECT_EQ(match.outcome, RouteOutcome::method_not_allowed);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(match.handler, nullptr);
}

TEST(Router, lets_the_most_specific_resource_alone_decide_the_methods) {
  const auto router = make_router();
  const auto match = router.match(Method::kGet, "/v1/users/login");
  EXPECT_EQ(match.outcome, RouteOutcome::method_not_allowed);
  EXPECT_EQ(match.allow, "POST, OPTIONS");
}

TEST(Router, serves_head_where_get_is) {
  const auto router = make_router();
  EXPECT_EQ(*router.match(Method::kHead, "/v1/users/me").handler, "read me");
  EXPECT_EQ(router.match(Method::kHead, "/v1/users/login").outcome,
            RouteOutcome::method_not_allowed);
}

TEST(Router, answers_options_with_the_allowed_methods) {
  const auto router = make_router();
  const auto match = router.match(Method::kOptions, "/v1/users/me");
  EXPECT_EQ(match.outcome, RouteOutcome::options);
  EXPECT_EQ(match.allow, "GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(router.match(Method::kOptions, "*").outcome, RouteOutcome::not_found);
}

TEST(Router, does_not_cut_at_an_encoded_slash) {
  const auto router = make_router();
  EXPECT_EQ(router.match(Method::kGet, "/v1%2Fusers/me").outcome, RouteOutcome::not_found);

  const auto match = router.match(Method::kGet, "/v1/users/a%2Fb");
  ASSERT_EQ(match.outcome, RouteOutcome::found);
  EXPECT_EQ(match.parameters["id"], "a/b");
  EXPECT_FALSE(match.ids_are_well_formed);
}

TEST(Router, compares_decoded_segments) {
  const auto router = make_router();
  EXPECT_EQ(*router.match(Method::kGet, "/v1/%75sers/%6De").handler, "read me");
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/%31").parameters["id"], "1");
}

TEST(Router, reports_bad_encodings_wherever_they_stand) {
  const auto router = make_router();
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/%").outcome, RouteOutcome::malformed_path);
  EXPECT_EQ(router.match(Method::kGet, "/nothing/%zz").outcome, RouteOutcome::malformed_path);
  EXPECT_EQ(router.match(Method::kGet, "/v1/users/%00").outcome, RouteOutcome::malformed_path);
  EXPECT_EQ(router.match(Method::kGet, "/test/static/1/2/3/4/5/6/7/8/9/%").outcome,
            RouteOutcome::malformed_path);
}

TEST(Router, judges_the_form_of_ids) {
  const auto router = make_router();
  const auto is_id = [&](const std::string& text) {
    return router.match(Method::kGet, "/v1/users/" + text).ids_are_well_formed;
  };
  EXPECT_TRUE(is_id(std::string(40, '9')));
  EXPECT_FALSE(is_id(std::string(41, '9')));
  EXPECT_TRUE(is_id("0-zA"));
  EXPECT_FALSE(is_id("a_b"));
  EXPECT_FALSE(is_id("a.b"));
  EXPECT_FALSE(is_id("%C3%BC"));
}

TEST(Router, gives_a_rest_as_it_was_sent) {
  const auto router = make_router();
  const auto rest_of = [&](const std::string& path) {
    const auto match = router.match(Method::kGet, path);
    EXPECT_EQ(match.outcome, RouteOutcome::found) << path;
    return std::string(match.parameters["path"]);
  };
  EXPECT_EQ(rest_of("/test/static"), "");
  EXPECT_EQ(rest_of("/test/static/"), "");
  EXPECT_EQ(rest_of("/test/static/a%20b.js"), "a%20b.js");
  EXPECT_EQ(rest_of("/test/static/a//b/"), "a//b/");
  EXPECT_EQ(rest_of("/test/static/1/2/3/4/5/6/7/8/9/10"), "1/2/3/4/5/6/7/8/9/10");
}

TEST(RouterDeathTest, aborts_on_wrong_registrations) {
  Router<int> router;
  router.add(Method::kGet, "/a/{id}", 1);
  EXPECT_DEATH(router.add(Method::kGet, "/a/{id}", 2), "slot");
  EXPECT_DEATH(router.add(Method::kPost, "/a/{other}", 2), "has_same_shape_as");
  EXPECT_DEATH(router.add(Method::kHead, "/b", 2), "kHead");
  for (const std::string_view pattern : {"", "a", "/a/", "/a//b", "/{}", "/{a", "/a}", "/{a...}/b",
                                         "/a b%", "/a?b", "/1/2/3/4/5/6/7/8/9"}) {
    EXPECT_DEATH(router.add(Method::kGet, pattern, 3), "Assertion") << pattern;
  }
}

TEST(PathParametersDeathTest, aborts_on_a_name_that_the_pattern_lacks) {
  const auto router = make_router();
  const auto match = router.match(Method::kGet, "/v1/users/1");
  EXPECT_DEATH(static_cast<void>(match.parameters["user"]), "found");
}

}  // namespace
}  // namespace ringtalk::http
