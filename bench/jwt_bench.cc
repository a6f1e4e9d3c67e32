// An access token from text to claims. The naive twin prepares the key and the JSON reader for each
// token, where a shard keeps both.
#include <benchmark/benchmark.h>

#include <string>

#include "app/auth/jwt.h"
#include "support/allocation_counter.h"

namespace ringtalk::bench {
namespace {

using app::auth::JwtCodec;

constexpr std::int64_t kNow = 1'795'428'000;

app::auth::SigningKey key() {
  return {.bytes = std::string(32, 'k')};
}

std::string token() {
  return JwtCodec(key()).sign(
      {.user_id = {250'888'592'109'000'001},
       .login_id = {250'888'592'109'000'002},
       .token_id = app::protocol::parse_uuid("f81d4fae-7dec-41d0-a765-00a0c91e6bf6").value(),
       .issued_at_s = kNow,
       .expires_at_s = kNow + 900});
}

void verify(benchmark::State& state) {
  const std::string text = token();
  JwtCodec codec(key());
  if (!codec.verify(text, kNow)) return state.SkipWithError("the sample is not good");
  const AllocationCounter allocations;
  for (auto _ : state) {
    const auto claims = codec.verify(text, kNow);
    benchmark::DoNotOptimize(claims.has_value());
  }
  allocations.report(state, state.iterations());
}

void verify_with_fresh_codec(benchmark::State& state) {
  const std::string text = token();
  const app::auth::SigningKey signing_key = key();
  for (auto _ : state) {
    JwtCodec codec(signing_key);
    const auto claims = codec.verify(text, kNow);
    benchmark::DoNotOptimize(claims.has_value());
  }
}

BENCHMARK(verify)->Name("jwt_verify/ours");
BENCHMARK(verify_with_fresh_codec)->Name("jwt_verify/fresh_codec");

}  // namespace
}  // namespace ringtalk::bench
