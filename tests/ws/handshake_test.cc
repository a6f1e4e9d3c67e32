#include "ws/handshake.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace ringtalk::ws {
namespace {

using namespace std::string_view_literals;

struct Change {
  std::string_view name;
  std::string_view value;  // empty: the header is left out
};

/// The request of RFC 6455 §1.2, with one header changed.
http::Request upgrade_request(Change change = {}) {
  http::Request request;
  request.target = request.path = "/v1/ws";
  constexpr std::array kHeaders{
      Change{"Host", "server.example.com"},
      Change{"Upgrade", "websocket"},
      Change{"Connection", "Upgrade"},
      Change{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
      Change{"Sec-WebSocket-Version", "13"},
  };
  for (const auto& [name, value] : kHeaders) {
    const std::string_view sent = name == change.name ? change.value : value;
    if (!sent.empty()) request.headers.add(name, sent);
  }
  return request;
}

/// "101", or "400 malformed_request".
std::string outcome(const http::Request& request) {
  const auto reply = accept(request);
  if (reply) return "101";
  EXPECT_FALSE(reply.error().detail.empty());
  return std::to_string(reply.error().status) + " " + std::string(reply.error().code);
}

std::string outcome(Change change) {
  return outcome(upgrade_request(change));
}

TEST(Handshake, computes_the_accept_key_of_rfc_6455_section_1_3) {
  EXPECT_EQ(expected_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(accept(upgrade_request())->accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, takes_tokens_in_any_case_and_in_lists) {
  EXPECT_EQ(outcome({"Upgrade", "WebSocket"}), "101");
  EXPECT_EQ(outcome({"Upgrade", "h2c, websocket"}), "101");
  EXPECT_EQ(outcome({"Connection", "keep-alive, UPGRADE"}), "101");
}

TEST(Handshake, answers_426_without_an_upgrade_and_400_to_a_half_one) {
  EXPECT_EQ(outcome({"Upgrade", ""}), "426 upgrade_required");
  EXPECT_EQ(outcome({"Upgrade", "h2c"}), "426 upgrade_required");
  EXPECT_EQ(outcome({"Connection", ""}), "400 malformed_request");
  EXPECT_EQ(outcome({"Connection", "keep-alive"}), "400 malformed_request");
  EXPECT_EQ(outcome({"Host", ""}), "400 malformed_request");
}

TEST(Handshake, answers_426_to_every_version_but_13) {
  for (const auto version : {""sv, "8"sv, "12"sv, "14"sv, "013"sv, "13, 8"sv, "abc"sv}) {
    EXPECT_EQ(outcome({"Sec-WebSocket-Version", version}), "426 upgrade_required") << version;
  }
}

TEST(Handshake, answers_405_to_other_methods_and_400_to_http_1_0) {
  http::Request post = upgrade_request();
  post.method = http::Method::kPost;
  EXPECT_EQ(outcome(post), "405 method_not_allowed");

  http::Request old = upgrade_request();
  old.version_minor = 0;
  EXPECT_EQ(outcome(old), "400 malformed_request");
}

TEST(Handshake, needs_a_key_of_16_bytes) {
  EXPECT_EQ(outcome({"Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}), "101");
  for (const auto key : {
           ""sv,
           "AAAAAAAAAAAAAAAAAAAA"sv,          // 15 bytes
           "AAAAAAAAAAAAAAAAAAAAAAA="sv,      // 17 bytes
           "AAAAAAAAAAAAAAAAAAAAAAAA"sv,      // 18 bytes
           "AAAAAAAAAAAAAAAAAAAAA==="sv,      // no base64
           "AAAAAAAAAAAAAAAAAAAAA-=="sv,      // the URL alphabet
           "AAAAAAAAAAAAAAAAAAAAAA==AA=="sv,  // longer
       }) {
    EXPECT_EQ(outcome({"Sec-WebSocket-Key", key}), "400 malformed_request") << key;
  }
}

TEST(Handshake, refuses_a_key_or_a_version_that_comes_twice) {
  http::Request two_keys = upgrade_request();
  two_keys.headers.add("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(outcome(two_keys), "400 malformed_request");

  http::Request two_versions = upgrade_request();
  two_versions.headers.add("Sec-WebSocket-Version", "13");
  EXPECT_EQ(outcome(two_versions), "426 upgrade_required");
}

TEST(Handshake, lists_offered_subprotocols_over_all_headers_in_order) {
  http::Request request = upgrade_request();
  request.headers.add("Sec-WebSocket-Protocol", "ringtalk.v1,bearer.a.b.c");
  request.headers.add("sec-websocket-protocol", " , x ,");
  EXPECT_EQ(offered_subprotocols(request),
            (std::vector<std::string_view>{"ringtalk.v1", "bearer.a.b.c", "x"}));
  EXPECT_TRUE(offered_subprotocols(upgrade_request()).empty());
}

TEST(Handshake, chooses_the_first_offered_subprotocol_that_we_speak) {
  constexpr std::array kSpoken{"ringtalk.v1"sv, "ringtalk.v2"sv};
  const HandshakeOptions options{.subprotocols = kSpoken};

  http::Request request = upgrade_request();
  EXPECT_EQ(accept(request, options)->subprotocol, "");
  request.headers.add("Sec-WebSocket-Protocol", "bearer.a.b.c, RINGTALK.V1");
  EXPECT_EQ(accept(request, options)->subprotocol, "") << "names have a case";
  request.headers.add("Sec-WebSocket-Protocol", "ringtalk.v2, ringtalk.v1");
  EXPECT_EQ(accept(request, options)->subprotocol, "ringtalk.v2");
  EXPECT_EQ(accept(request)->subprotocol, "");
}

TEST(Handshake, writes_101) {
  std::string out;
  write_switching_protocols(out, {.accept_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="});
  EXPECT_EQ(out,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  out.clear();
  write_switching_protocols(out, {.accept_key = "k", .subprotocol = "ringtalk.v1"});
  EXPECT_TRUE(out.ends_with("Accept: k\r\nSec-WebSocket-Protocol: ringtalk.v1\r\n\r\n")) << out;
}

TEST(Handshake, a_426_names_the_protocol_and_its_version_and_a_405_the_method) {
  http::HeaderList upgrade_required;
  add_refusal_headers(upgrade_required, {.status = 426});
  EXPECT_EQ(upgrade_required.find("Upgrade"), "websocket");
  EXPECT_EQ(upgrade_required.find("Sec-WebSocket-Version"), "13");

  http::HeaderList method_not_allowed;
  add_refusal_headers(method_not_allowed, {.status = 405});
  EXPECT_EQ(method_not_allowed.find("Allow"), "GET");

  http::HeaderList malformed;
  add_refusal_headers(malformed, {.status = 400});
  EXPECT_TRUE(malformed.empty());
}

TEST(Handshake, makes_a_new_valid_key_each_time) {
  std::set<std::string> keys;
  for (int i = 0; i < 100; ++i) {
    const std::string key = make_key();
    EXPECT_EQ(outcome({"Sec-WebSocket-Key", key}), "101") << key;
    keys.insert(key);
  }
  EXPECT_EQ(keys.size(), 100U);
}

TEST(ClientHandshake, our_server_accepts_what_our_client_asks) {
  const std::string key = make_key();
  http::Request request;
  request.headers.add("Host", "example.org");
  add_upgrade_headers(request.headers, key);
  const auto reply = accept(request);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->accept_key, expected_accept(key));
}

TEST(ClientHandshake, only_the_answer_to_its_own_key_is_an_agreement) {
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  const auto answer = [](int status, std::string_view upgrade, std::string_view accept) {
    http::Response response{.status = status};
    response.headers.add("Upgrade", upgrade);
    response.headers.add("Sec-WebSocket-Accept", accept);
    return response;
  };
  const std::string good = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  EXPECT_TRUE(is_agreed(answer(101, "WebSocket", good), key));
  EXPECT_FALSE(is_agreed(answer(200, "websocket", good), key));
  EXPECT_FALSE(is_agreed(answer(101, "h2c", good), key));
  EXPECT_FALSE(is_agreed(answer(101, "websocket", expected_accept(make_key())), key));
  http::Response with_extension = answer(101, "websocket", good);
  with_extension.headers.add("Sec-WebSocket-Extensions", "permessage-deflate");
  EXPECT_FALSE(is_agreed(with_extension, key));
}

}  // namespace
}  // namespace ringtalk::ws
