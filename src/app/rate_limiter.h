// RateLimiter: how often a user, or an address, may ask. One a shard; a key is counted on one shard
// alone, its owner, whoever asks. take() is for any shard's caller, take_here() for the owner. When
// limits are off nobody is asked and nothing is kept.
//
// A bucket is one point in time: when it will be full again. Each request moves that a bit into the
// future, and may not move it further than the burst allows (the generic cell rate algorithm).
//
// Other instances count the same buckets in Redis, for which nobody waits: the bucket here decides
// at once, then Redis is told, and its answer brings the bucket here up to date. Without Redis each
// instance counts for itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <utility>

#include <tsl/robin_map.h>

#include "app/protocol/ids.h"
#include "app/shard_directory.h"
#include "cache/rate_counters.h"
#include "reactor/clock.h"
#include "reactor/pinned.h"
#include "reactor/reactor.h"
#include "reactor/task.h"
#include "reactor/task_scope.h"

namespace ringtalk::app {

/// How many requests at once, and how soon the place of one is free again.
struct RateRule {
  std::int64_t burst = 0;
  reactor::Duration interval{};
};

// A client that opens on a large account reads a page for each conversation in view; 50 a second is
// more than a person can cause, and a tenth of what a core answers.
inline constexpr RateRule kUserRequestRule{.burst = 200, .interval = std::chrono::milliseconds(20)};
// Messages are stored for ever and sent to everyone, so they are counted for themselves, over REST
// and WebSocket alike.
inline constexpr RateRule kUserSendRule{.burst = 200, .interval = std::chrono::milliseconds(20)};
// Each costs an Argon2id hash (tens of milliseconds), and guesses passwords. 10 a minute, and 20 at
// once for the people who share an office's address.
inline constexpr RateRule kAddressEntryRule{.burst = 20, .interval = std::chrono::seconds(6)};

struct RateKey {
  enum class Kind : std::uint8_t { kUserRequest, kUserSend, kAddressEntry };
  Kind kind = Kind::kUserRequest;
  std::int64_t id = 0;  // of the user, or for an address

  friend bool operator==(const RateKey&, const RateKey&) = default;
};

/// Of "192.0.2.1" or "2001:db8::1". Of an IPv6 address the first 64 bits count: one customer
/// has as many addresses below them as he likes.
[[nodiscard]] RateKey address_key(std::string_view address);

struct RateAnswer {
  bool is_allowed = true;
  std::int64_t limit = 0;             // the burst
  std::int64_t remaining = 0;         // of it, now
  reactor::Duration until_full{};     // when it is whole again
  reactor::Duration until_allowed{};  // of a request that was refused
};

class RateLimiter : reactor::Pinned {
 public:
  /// Buckets of one shard: 64 bytes each or so. Past it the one that was used least recently goes,
  /// and its owner begins with a full one.
  static constexpr std::size_t kBucketsMax = 65'536;

  enum class Switch : std::uint8_t { kOff, kOn };
  /// What the instances on one database share.
  struct Shared {
    cache::RateCounters* counters = nullptr;  // null: nothing
    std::string epoch;                        // of that database: others may be on the same Redis
  };
  RateLimiter(reactor::Reactor& reactor, ShardDirectory& directory, Switch is_on, Shared shared)
      : reactor_(reactor),
        directory_(directory),
        is_on_(is_on == Switch::kOn),
        shared_(std::move(shared)) {}

  [[nodiscard]] bool is_on() const { return is_on_; }

  /// Only while they are on.
  [[nodiscard]] reactor::Task<RateAnswer> take(RateKey key);
  [[nodiscard]] RateAnswer take_here(RateKey key);

  /// Waits for what Redis is being told. When nobody takes any more, before the destructor.
  [[nodiscard]] reactor::TaskScope::JoinAwaiter join() { return scope_.join(); }

  [[nodiscard]] std::size_t buckets() const { return buckets_.size(); }

 private:
  struct Bucket {
    RateKey key;
    reactor::TimePoint full_at;
  };
  struct HashKey {
    std::size_t operator()(const RateKey& key) const noexcept;
  };

  [[nodiscard]] Bucket& bucket_of(RateKey key);
  void forget_full();
  [[nodiscard]] reactor::Task<void> share(RateKey key);

  reactor::Reactor& reactor_;
  ShardDirectory& directory_;
  const bool is_on_;
  const Shared shared_;
  std::list<Bucket> buckets_;  // the latest used first
  tsl::robin_map<RateKey, std::list<Bucket>::iterator, HashKey> by_key_;
  reactor::TaskScope scope_;
};

}  // namespace ringtalk::app
