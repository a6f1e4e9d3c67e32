// What the parser refuses: limits at their bounds, and requests that two servers could read
// differently (RFC 9112 §11.2).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "reading.h"

namespace ringtalk::http {
namespace {

// "400 malformed_request", or "read".
std::string verdict(std::string_view bytes, const RequestLimits& limits = {}) {
  const std::string whole = describe(read_request(bytes, {}, limits));
  EXPECT_EQ(describe(read_request(bytes, {.piece_bytes = 1}, limits)), whole) << bytes;

  const Reading reading = read_request(bytes, {}, limits);
  if (reading.is_complete()) return "read";
  if (reading.outcome != RequestParser::Outcome::error) return "incomplete";
  EXPECT_FALSE(reading.error.detail.empty());
  return std::to_string(reading.error.status) + " " + std::string(reading.error.code);
}

std::string verdict_of_line(std::string_view line) {
  return verdict(std::string(line) + "\r\nHost: a\r\n\r\n");
}

std::string verdict_of_fields(std::string_view fields) {
  return verdict("GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n\r\n");
}

std::string verdict_of_chunks(std::string_view chunks, const RequestLimits& limits = {}) {
  return verdict(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks),
      limits);
}

constexpr auto kMalformed = "400 malformed_request";

TEST(RequestLimits, bound_the_request_line) {
  const auto line_of = [](std::size_t bytes) {
    constexpr std::string_view kAround = "GET / HTTP/1.1";
    return "GET /" + std::string(bytes - kAround.size(), 'a') + " HTTP/1.1";
  };
  EXPECT_EQ(verdict_of_line(line_of(8 * 1024)), "read");
  EXPECT_EQ(verdict_of_line(line_of(8 * 1024 + 1)), "414 uri_too_long");
}

TEST(RequestLimits, refuse_an_endless_request_line_before_it_ends) {
  EXPECT_EQ(verdict(std::string(8 * 1024, 'G')), "incomplete");
  EXPECT_EQ(verdict(std::string(8 * 1024 + 1, 'G')), "414 uri_too_long");
}

TEST(RequestLimits, bound_the_header_bytes) {
  const auto fields_of = [](std::size_t bytes) {
    constexpr std::string_view kAround = "Host: a\r\nX: \r\n";
    return "Host: a\r\nX: " + std::string(bytes - kAround.size(), 'x');
  };
  EXPECT_EQ(verdict_of_fields(fields_of(16 * 1024)), "read");
  EXPECT_EQ(verdict_of_fields(fields_of(16 * 1024 + 1)), "431 headers_too_large");
}

TEST(RequestLimits, bound_the_header_count) {
  std::string fields = "Host: a";
  for (int i = 1; i < 100; ++i) fields += "\r\nX: y";
  EXPECT_EQ(verdict_of_fields(fields), "read");
  EXPECT_EQ(verdict_of_fields(fields + "\r\nX: y"), "431 headers_too_large");
}

TEST(RequestLimits, bound_a_body_of_known_length_before_it_comes) {
  const auto head_for = [](int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  };
  EXPECT_EQ(verdict(head_for(64 * 1024) + std::string(64 * 1024, 'x')), "read");
  EXPECT_EQ(verdict(head_for(64 * 1024 + 1)), "413 too_large");
}

TEST(RequestLimits, bound_a_chunked_body_before_the_chunk_comes) {
  const RequestLimits limits{.body_bytes_max = 8};
  EXPECT_EQ(verdict_of_chunks("4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n", limits), "read");
  EXPECT_EQ(verdict_of_chunks("4\r\nabcd\r\n5\r\n", limits), "413 too_large");
  EXPECT_EQ(verdict_of_chunks("ffffffffffffffff\r\n"), "413 too_large");
}

TEST(RequestLimits, bound_a_chunk_line_of_256_bytes) {
  const auto body_with_line_of = [](std::size_t bytes) {
    constexpr std::string_view kAround = "1;a=\r\n";
    return "1;a=" + std::string(bytes - kAround.size(), 'x') + "\r\nA\r\n0\r\n\r\n";
  };
  EXPECT_EQ(verdict_of_chunks(body_with_line_of(256)), "read");
  EXPECT_EQ(verdict_of_chunks(body_with_line_of(257)), kMalformed);
  EXPECT_EQ(verdict_of_chunks(std::string(257, '0')), kMalformed);
}

TEST(RequestLimits, hold_for_trailers_too) {
  const RequestLimits limits{.header_bytes_max = 64, .header_count_max = 3};
  EXPECT_EQ(verdict_of_chunks("0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", limits), "read");
  EXPECT_EQ(verdict_of_chunks("0\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", limits),
            "431 headers_too_large");
  EXPECT_EQ(verdict_of_chunks("0\r\nA: " + std::string(59, 'b') + "\r\n\r\n", limits), "read");
  EXPECT_EQ(verdict_of_chunks("0\r\nA: " + std::string(60, 'b') + "\r\n\r\n", limits),
            "431 headers_too_large");
}

TEST(RequestParser, refuses_malformed_request_lines) {
  for (const std::string_view line :
       {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /  HTTP/1.1", " GET / HTTP/1.1",
        "GET / b HTTP/1.1", "GET / http/1.1", "GET / HTTP/1.x", "GET / HTTP/1.10", "GET / HTTP/11",
        "GET / RTSP/1.0", "G@T / HTTP/1.1", "GET\t/ HTTP/1.1", " HTTP/1.1", "GET HTTP/1.1"}) {
    EXPECT_EQ(verdict_of_line(line), kMalformed) << line;
  }
}

TEST(RequestParser, refuses_bytes_that_are_not_http_at_the_first_control_byte) {
  EXPECT_EQ(verdict("\x16\x03\x01"), kMalformed);  // a TLS handshake
}

TEST(RequestParser, refuses_other_versions_with_505) {
  for (const std::string_view version : {"0.9", "1.2", "2.0", "3.0"}) {
    EXPECT_EQ(verdict_of_line("GET / HTTP/" + std::string(version)), "505 http_version");
  }
  EXPECT_EQ(verdict("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505 http_version");
}

TEST(RequestParser, refuses_methods_it_does_not_know_with_501) {
  for (const std::string_view line :
       {"CONNECT a:1 HTTP/1.1", "TRACE / HTTP/1.1", "PROPFIND / HTTP/1.1", "get / HTTP/1.1",
        "FROBNICATE / HTTP/1.1"}) {
    EXPECT_EQ(verdict_of_line(line), "501 not_implemented") << line;
  }
}

TEST(RequestParser, refuses_odd_targets) {
  for (const std::string_view target : {"a", "*", "/a#b", "?x", "ftp://a/", "http://", "http:///x",
                                        "http://u@a/", "/\x80", "//\x7f"}) {
    EXPECT_EQ(verdict_of_line("GET " + std::string(target) + " HTTP/1.1"), kMalformed) << target;
  }
  EXPECT_EQ(verdict_of_line("OPTIONS * HTTP/1.1"), "read");
}

TEST(RequestParser, takes_an_absolute_target_whose_host_is_the_host) {
  const Reading reading = read_request("GET HTTP://A:1/p?q HTTP/1.1\r\nHost: a:1\r\n\r\n");
  ASSERT_TRUE(reading.is_complete());
  EXPECT_EQ(reading.request.path, "/p");
  EXPECT_EQ(reading.request.query, "q");

  EXPECT_EQ(verdict("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"), kMalformed);
}

TEST(RequestParser, needs_exactly_one_sane_host) {
  EXPECT_EQ(verdict_of_fields("Accept: a"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\r\nhost: a"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a, b"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a@b"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a/b"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: [::1]:8080"), "read");
  EXPECT_EQ(verdict_of_fields("Host:"), "read");
  EXPECT_EQ(verdict("GET / HTTP/1.0\r\n\r\n"), "read");
  EXPECT_EQ(verdict("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), kMalformed);
}

TEST(RequestParser, refuses_bare_cr_bare_lf_and_folded_fields) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\nHost: a\n\n"), kMalformed);
  EXPECT_EQ(verdict("GET / HTTP/1.1\rHost: a\r\n\r\n"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\nX: y"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\rX: y"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\r\r\nX: y"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\r\nX: y\r\n z"), kMalformed);
  EXPECT_EQ(verdict_of_fields("Host: a\r\nX: y\r\n\tz"), kMalformed);
  EXPECT_EQ(verdict_of_fields(" Host: a"), kMalformed);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"), kMalformed);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\n\n"), kMalformed);
}

TEST(RequestParser, refuses_a_defect_where_it_stands_and_not_at_the_end_of_the_head) {
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\rb"), kMalformed);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\n"), kMalformed);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\n "), kMalformed);
}

TEST(RequestParser, forgives_one_blank_line_before_a_request) {
  EXPECT_EQ(verdict("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "read");
  EXPECT_EQ(verdict("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), kMalformed);
  EXPECT_EQ(verdict("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), kMalformed);
}

TEST(RequestParser, refuses_control_bytes_but_tab_in_fields) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
    const std::string fields = std::string("Host: a\r\nX: y") + static_cast<char>(byte) + "z";
    EXPECT_EQ(verdict_of_fields(fields), is_control ? kMalformed : "read") << byte;
  }
}

TEST(RequestParser, refuses_field_names_that_are_not_tokens) {
  for (const std::string_view field :
       {"X : y", ": y", "no colon", "X(): y", "X\x80: y", "\"X\": y"}) {
    EXPECT_EQ(verdict_of_fields("Host: a\r\n" + std::string(field)), kMalformed) << field;
  }
}

TEST(RequestParser, refuses_every_ambiguous_length) {
  for (const std::string_view fields :
       {"Content-Length: 1\r\nContent-Length: 2", "Content-Length: 1\r\nContent-Length: 1",
        "Content-Length: 1, 1", "Content-Length: +1", "Content-Length: -1", "Content-Length: 0x1",
        "Content-Length: 1 1", "Content-Length:", "Content-Length: 18446744073709551616",
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 1", "Content-Length : 1"}) {
    EXPECT_EQ(verdict_of_fields("Host: a\r\n" + std::string(fields)), kMalformed) << fields;
  }
}

TEST(RequestParser, refuses_every_transfer_coding_but_chunked) {
  for (const std::string_view value :
       {"gzip", "gzip, chunked", "xchunked", "\"chunked\"", "", "chunked;q=1"}) {
    EXPECT_EQ(verdict_of_fields("Host: a\r\nTransfer-Encoding: " + std::string(value)),
              "501 not_implemented")
        << value;
  }
  EXPECT_EQ(verdict_of_fields("Host: a\r\nTransfer-Encoding: identity\r\n"
                              "Transfer-Encoding: chunked"),
            "501 not_implemented");
}

TEST(RequestParser, refuses_chunked_that_is_not_last_or_comes_twice) {
  for (const std::string_view value :
       {"chunked, chunked", "chunked, identity", "chunked\r\nTransfer-Encoding: chunked"}) {
    EXPECT_EQ(verdict_of_fields("Host: a\r\nTransfer-Encoding: " + std::string(value)), kMalformed)
        << value;
  }
}

TEST(RequestParser, refuses_transfer_encoding_in_http_1_0) {
  EXPECT_EQ(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), kMalformed);
}

TEST(RequestParser, refuses_malformed_chunks) {
  for (const std::string_view chunks :
       {"x\r\n", "\r\n", ";a\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1 \r\nA\r\n", " 1\r\nA\r\n",
        "1\nA\r\n", "1\rA\r\n", "1\r\nAB\r\n", "1\r\nA\n", "1\r\nA\r\r\n", "1;\n\r\nA",
        "1;a=\nb\r\nA", "1;a=\"\n\"\r\nA", "11111111111111111\r\n"}) {
    EXPECT_EQ(verdict_of_chunks(chunks), kMalformed) << chunks;
  }
}

TEST(RequestParser, refuses_malformed_trailers) {
  for (const std::string_view trailers : {"A: b\n\r\n", "A: b\rC: d\r\n\r\n", "A b\r\n\r\n",
                                          "A: b\r\n c\r\n\r\n", " A: b\r\n\r\n", "\n"}) {
    EXPECT_EQ(verdict_of_chunks("1\r\nA\r\n0\r\n" + std::string(trailers)), kMalformed) << trailers;
  }
}

}  // namespace
}  // namespace ringtalk::http
