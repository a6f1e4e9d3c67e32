#include "http/message.h"

#include <gtest/gtest.h>

#include <string>

namespace ringtalk::http {
namespace {

TEST(HeaderList, finds_the_first_field_without_case) {
  HeaderList headers;
  headers.add("Accept", "a");
  headers.add("ACCEPT", "b");

  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.find("Accep"), std::nullopt);
  EXPECT_EQ(headers.size(), 2U);
}

TEST(HeaderList, iterates_in_the_order_of_adding) {
  HeaderList headers;
  headers.add("A", "1");
  headers.add("B", "");
  headers.add("A", "2");

  std::string all;
  for (const Header field : headers) {
    all.append(field.name).append("=").append(field.value).append(";");
  }

  EXPECT_EQ(all, "A=1;B=;A=2;");
}

TEST(HeaderList, survives_a_copy_and_a_clear) {
  HeaderList headers;
  headers.add("A", "1");
  const HeaderList copy = headers;

  headers.clear();

  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.find("A"), std::nullopt);
  EXPECT_EQ(copy.find("a"), "1");
}

TEST(HeaderHasToken, looks_into_the_lists_of_all_fields_of_that_name) {
  Request request;
  request.headers.add("Connection", "keep-alive ,, Upgrade");
  request.headers.add("Other", "close");
  request.headers.add("connection", "x\t");

  EXPECT_TRUE(header_has_token(request, "Connection", "upgrade"));
  EXPECT_TRUE(header_has_token(request, "Connection", "keep-alive"));
  EXPECT_TRUE(header_has_token(request, "Connection", "X"));
  EXPECT_FALSE(header_has_token(request, "Connection", "close"));
  EXPECT_FALSE(header_has_token(request, "Connection", "grade"));
  EXPECT_FALSE(header_has_token(request, "Absent", "x"));
}

}  // namespace
}  // namespace ringtalk::http
