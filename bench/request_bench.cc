// A request from bytes to value on a connection that is kept alive, beside the parser that one
// writes with the standard library's streams and maps.
#include <benchmark/benchmark.h>

#include <map>
#include <sstream>
#include <string>

#include "http/request_parser.h"
#include "support/allocation_counter.h"
#include "support/samples.h"

namespace ringtalk::bench {
namespace {

using Outcome = http::RequestParser::Outcome;

bool parse_one(http::RequestParser& parser, std::string_view input) {
  auto progress = parser.feed(input);
  if (progress.outcome == Outcome::headers_complete) {
    input.remove_prefix(progress.consumed);
    progress = parser.feed(input);
  }
  benchmark::DoNotOptimize(parser.request().path.data());
  parser.reset();
  return progress.outcome == Outcome::complete;
}

void parse_request(benchmark::State& state, std::string (*make_request)()) {
  const std::string request = make_request();
  http::RequestParser parser;
  if (!parse_one(parser, request)) return state.SkipWithError("the sample is no request");
  const AllocationCounter allocations;
  for (auto _ : state) benchmark::DoNotOptimize(parse_one(parser, request));
  allocations.report(state, state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(request.size()));
}

struct NaiveRequest {
  std::string method;
  std::string target;
  std::string version;
  std::map<std::string, std::string> headers;
  std::string body;
};

NaiveRequest naive_parse(const std::string& bytes) {
  NaiveRequest request;
  std::istringstream input(bytes);
  input >> request.method >> request.target >> request.version;
  std::string line;
  std::getline(input, line);
  while (std::getline(input, line) && line != "\r") {
    const std::size_t colon = line.find(':');
    request.headers[line.substr(0, colon)] = line.substr(colon + 2, line.size() - colon - 3);
  }
  const auto length = request.headers.find("Content-Length");
  if (length == request.headers.end()) return request;
  request.body.resize(std::stoul(length->second));
  input.read(request.body.data(), static_cast<std::streamsize>(request.body.size()));
  return request;
}

void parse_request_naively(benchmark::State& state, std::string (*make_request)()) {
  const std::string bytes = make_request();
  for (auto _ : state) {
    const NaiveRequest request = naive_parse(bytes);
    benchmark::DoNotOptimize(request.target.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

BENCHMARK_CAPTURE(parse_request, , post_request)->Name("request_post/ours");
BENCHMARK_CAPTURE(parse_request_naively, , post_request)->Name("request_post/streams_and_map");
BENCHMARK_CAPTURE(parse_request, , get_request)->Name("request_get/ours");
BENCHMARK_CAPTURE(parse_request_naively, , get_request)->Name("request_get/streams_and_map");

}  // namespace
}  // namespace ringtalk::bench
