#include "app/rate_limiter.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "cache/keys.h"

namespace ringtalk::app {

namespace {

const RateRule& rule_of(RateKey::Kind kind) {
  switch (kind) {
    case RateKey::Kind::kUserRequest:
      return kUserRequestRule;
    case RateKey::Kind::kUserSend:
      return kUserSendRule;
    case RateKey::Kind::kAddressEntry:
      return kAddressEntryRule;
  }
  std::unreachable();
}

std::string_view word_of(RateKey::Kind kind) {
  switch (kind) {
    case RateKey::Kind::kUserRequest:
      return "request";
    case RateKey::Kind::kUserSend:
      return "send";
    case RateKey::Kind::kAddressEntry:
      return "entry";
  }
  std::unreachable();
}

}  // namespace

RateKey address_key(std::string_view address) {
  const std::string text(address);
  RateKey key{.kind = RateKey::Kind::kAddressEntry};
  in6_addr six{};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
    key.id = static_cast<std::int64_t>(four.s_addr);
  } else if (inet_pton(AF_INET6, text.c_str(), &six) == 1) {
    std::memcpy(&key.id, &six, sizeof key.id);
  }
  return key;
}

reactor::Task<RateAnswer> RateLimiter::take(RateKey key) {
  co_return co_await directory_.ask(reactor_, directory_.owner_of(key.id), [key](ShardPort& port) {
    return port.rate_limiter->take_here(key);
  });
}

RateAnswer RateLimiter::take_here(RateKey key) {
  forget_full();
  const RateRule& rule = rule_of(key.kind);
  const reactor::TimePoint now = reactor_.now();
  Bucket& bucket = bucket_of(key);
  bucket.full_at = std::max(bucket.full_at, now);

  const reactor::Duration span = rule.burst * rule.interval;
  const reactor::Duration wanted = bucket.full_at + rule.interval - now;
  RateAnswer answer{.is_allowed = wanted <= span, .limit = rule.burst};
  if (answer.is_allowed) {
    bucket.full_at += rule.interval;
    if (shared_.counters != nullptr) scope_.spawn(share(key));
  } else {
    answer.until_allowed = wanted - span;
  }
  answer.until_full = bucket.full_at - now;
  answer.remaining = (span - answer.until_full) / rule.interval;
  return answer;
}

// The shared bucket is at least as empty as any instance knows, but for what is on its way.
reactor::Task<void> RateLimiter::share(RateKey key) {
  const RateRule& rule = rule_of(key.kind);
  const auto shared = co_await shared_.counters->take(
      cache::rate_key(fmt::format("{}-{}", word_of(key.kind), shared_.epoch), key.id),
      {.burst = rule.burst,
       .interval = std::chrono::duration_cast<std::chrono::microseconds>(rule.interval)});
  if (!shared) co_return;
  Bucket& bucket = bucket_of(key);
  bucket.full_at = std::max(bucket.full_at, reactor_.now() + shared->until_full);
}

RateLimiter::Bucket& RateLimiter::bucket_of(RateKey key) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return buckets_.front();
  }
  if (buckets_.size() >= kBucketsMax) {
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  }
  buckets_.push_front({.key = key, .full_at = {}});
  by_key_[key] = buckets_.begin();
  return buckets_.front();
}

// A full bucket says nothing that a new one would not. Two for each that may come, so that the
// table shrinks after a rush.
void RateLimiter::forget_full() {
  for (int looked_at = 0; looked_at < 2; ++looked_at) {
    if (buckets_.empty() || buckets_.back().full_at > reactor_.now()) return;
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  }
}

std::size_t RateLimiter::HashKey::operator()(const RateKey& key) const noexcept {
  const auto bits = static_cast<std::uint64_t>(key.id) + static_cast<std::uint64_t>(key.kind);
  return std::hash<std::uint64_t>{}(std::rotl(bits * 0x9e3779b97f4a7c15U, 32));
}

}  // namespace ringtalk::app
