#include "http/target.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::http {
namespace {

TEST(SplitTarget, reads_origin_and_absolute_form) {
  const auto origin = split_target(Method::kGet, "/a/b?c=d?e");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->path, "/a/b");
  EXPECT_EQ(origin->query, "c=d?e");
  EXPECT_EQ(origin->authority, "");

  const auto absolute = split_target(Method::kGet, "https://host:1?q");
  ASSERT_TRUE(absolute);
  EXPECT_EQ(absolute->path, "/");
  EXPECT_EQ(absolute->query, "q");
  EXPECT_EQ(absolute->authority, "host:1");
}

TEST(SplitTarget, takes_two_leading_slashes_for_a_path) {
  const auto parts = split_target(Method::kGet, "//host/path");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->path, "//host/path");
  EXPECT_EQ(parts->authority, "");
}

TEST(PercentDecode, decodes_once) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%2f+%2541"), "a b/c/+%41");
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("%c3%BC"), "\xc3\xbc");
}

TEST(PercentDecode, refuses_bad_encodings_and_nul) {
  for (const std::string_view text : {"%", "a%2", "%zz", "%2g", "%-1", "% 1", "%%20", "%00"}) {
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
  }
}

TEST(QueryParameters, reads_a_form) {
  const auto parameters = query_parameters("email=a%2Bb%40c.d&name=Ann+B%3d&&flag&empty=&x=1=2");

  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->find("email"), "a+b@c.d");
  EXPECT_EQ(parameters->find("name"), "Ann B=");
  EXPECT_EQ(parameters->find("flag"), "");
  EXPECT_EQ(parameters->find("empty"), "");
  EXPECT_EQ(parameters->find("x"), "1=2");
  EXPECT_EQ(parameters->find("absent"), std::nullopt);
  EXPECT_EQ(parameters->size(), 5U);
}

TEST(QueryParameters, are_empty_for_an_empty_query) {
  const auto parameters = query_parameters("");
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->size(), 0U);
}

TEST(QueryParameters, refuse_bad_encodings_and_repeated_names) {
  for (const std::string_view query :
       {"a=%", "a=%zz", "%4=a", "a=%00", "a=1&a=2", "a=1&%61=1", "a&a"}) {
    const auto parameters = query_parameters(query);
    ASSERT_FALSE(parameters) << query;
    EXPECT_EQ(parameters.error().status, 400);
    EXPECT_EQ(parameters.error().code, "malformed_request");
    EXPECT_FALSE(parameters.error().detail.empty());
  }
}

TEST(QueryParameters, are_bounded_in_number) {
  std::string query;
  for (std::size_t i = 0; i < QueryParameters::kCountMax; ++i)
    query += "p" + std::to_string(i) + "&";
  EXPECT_TRUE(query_parameters(query));
  EXPECT_FALSE(query_parameters(query + "one_more"));
}

}  // namespace
}  // namespace ringtalk::http
