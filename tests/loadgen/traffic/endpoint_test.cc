#include "loadgen/traffic/endpoint.h"

#include <gtest/gtest.h>

#include "loadgen/traffic/server_memory.h"

namespace ringtalk::loadgen {
namespace {

TEST(Endpoint, is_read_from_a_url) {
  struct Case {
    const char* url;
    const char* address;
    const char* host;
  };
  for (const Case& given : {Case{"http://127.0.0.1:8080", "127.0.0.1:8080", "127.0.0.1:8080"},
                            Case{"ws://127.0.0.1:65535/", "127.0.0.1:65535", "127.0.0.1:65535"},
                            Case{"127.0.0.1", "127.0.0.1:80", "127.0.0.1"},
                            Case{"http://[::1]:81", "[::1]:81", "[::1]:81"}}) {
    const auto endpoint = find_endpoint(given.url);
    ASSERT_TRUE(endpoint) << endpoint.error();
    EXPECT_EQ(reactor::to_string(endpoint->address), given.address);
    EXPECT_EQ(endpoint->host, given.host);
  }
}

TEST(Endpoint, what_is_wrong_is_said) {
  for (const char* url : {"", "http://", "https://127.0.0.1", "ftp://127.0.0.1", "http://[::1",
                          "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:x",
                          "http://127.0.0.1/v1", "http://no such name"}) {
    const auto endpoint = find_endpoint(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_TRUE(endpoint.error().starts_with("--url ")) << endpoint.error();
  }
}

TEST(ServerMemory, is_found_among_the_metrics) {
  EXPECT_EQ(resident_bytes_in("# TYPE x\nprocess_resident_memory_bytes 1234567\nother 1\n"),
            1'234'567);
  EXPECT_FALSE(resident_bytes_in("other 1\n"));
  EXPECT_FALSE(resident_bytes_in("\nprocess_resident_memory_bytes \n"));
}

TEST(ServerMemory, growth_is_divided_by_the_connections) {
  std::map<std::string, double> figures{
      {"server_rss_before", 1000}, {"server_rss_start", 3000}, {"server_rss_end", 3500}};
  finish_figures(figures, 100);
  EXPECT_EQ(figures["bytes_per_connection"], 20);
  EXPECT_EQ(figures["server_rss_growth"], 500);
  std::map<std::string, double> none;
  finish_figures(none, 100);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace ringtalk::loadgen
