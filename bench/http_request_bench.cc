// A request from bytes to value, as a client of the API sends it.
#include <benchmark/benchmark.h>

#include <string_view>

#include "http/request_parser.h"

namespace {

using namespace ringtalk;

constexpr std::string_view kRequest =
    "POST /v1/conversations/250888592109385361/messages HTTP/1.1\r\n"
    "Host: chat.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: application/json\r\n"
    "Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb.cccccccccc\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 19\r\n"
    "\r\n"
    "{\"content\":\"hello\"}";

void parse_request(benchmark::State& state) {
  http::RequestParser parser;
  for (auto _ : state) {
    std::string_view input = kRequest;
    auto progress = parser.feed(input);  // to the end of the head
    input.remove_prefix(progress.consumed);
    progress = parser.feed(input);
    benchmark::DoNotOptimize(progress);
    parser.reset();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kRequest.size()));
}

BENCHMARK(parse_request);

}  // namespace

BENCHMARK_MAIN();
