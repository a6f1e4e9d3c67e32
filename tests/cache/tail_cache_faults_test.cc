// TailCache against a model while Redis freezes, throws us out, crashes and forgets: whatever it
// gives must be what the database has. Records are also overwritten, as by an edit, so that a lost
// forget() shows. The seed is fixed; a failure tells the round.
#include <algorithm>
#include <map>
#include <random>
#include <span>

#include "cache/limits.h"
#include "cache/tail_cache.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

constexpr std::int64_t kConversations = 8;
constexpr int kRounds = 4;

class TailCacheFaults : public CacheTest {
 protected:
  TailCacheFaults() {
    start_redis();
    RedisOptions impatient = options();
    impatient.command_timeout = 20ms;
    impatient.connect_timeout = 100ms;
    impatient.stuck_after = 100ms;
    connection = std::make_unique<RedisConnection>(*reactor, workers, log, impatient, "tails");
    cache = std::make_unique<TailCache>(*reactor, *connection);
    cache->set_epoch("one");
    connection->open();
  }
  ~TailCacheFaults() override { run(connection->close()); }

  [[nodiscard]] bool happens(int percent) { return chance(100) < percent; }
  [[nodiscard]] std::int64_t chance(std::int64_t below) {
    return std::uniform_int_distribution<std::int64_t>(0, below - 1)(random);
  }

  /// The next event of a conversation, which may be about an earlier one.
  void commit(std::int64_t id) {
    if (happens(20)) overwrite(id);
    Tail& log_of = database[id];
    const std::int64_t seq = std::ssize(log_of) + 1;
    log_of.push_back({.seq = seq, .bytes = "record " + std::to_string(++texts_)});
    cache->append({.conversation_id = id, .seq = seq, .keep_from_seq = seq - 30},
                  log_of.back().bytes);
  }
  /// One of the last records; without an event its loss leaves no hole.
  void overwrite(std::int64_t id) {
    Tail& log_of = database[id];
    if (log_of.empty()) return;
    const std::int64_t back = std::min<std::int64_t>(std::ssize(log_of), 1 + chance(5));
    log_of[log_of.size() - static_cast<std::size_t>(back)].bytes =
        "overwritten " + std::to_string(++texts_);
    cache->forget({id});
  }

  void read_and_compare(std::int64_t id) {
    const Tail& log_of = database[id];
    const std::int64_t head = std::ssize(log_of);
    const std::int64_t after = std::max<std::int64_t>(0, head - 1 - chance(20));
    const std::optional<Tail> tail =
        run(cache->read({.conversation_id = id, .head_seq = head, .after_seq = after}));
    const std::span<const TailRecord> expected(log_of.begin() + after, log_of.end());
    if (tail) {
      ++hits;
      ASSERT_TRUE(std::ranges::equal(*tail, expected)) << "a tail that is not the database's";
    } else {
      cache->warm(id, expected);
    }
  }

  /// A hundred commits and reads.
  void live() {
    for (int step = 0; step < 100 && !HasFatalFailure(); ++step) {
      commit(1 + chance(kConversations));
      read_and_compare(1 + chance(kConversations));
      if (happens(30)) turn_for(1ms);
    }
  }

  void make_trouble() {
    const std::uint64_t sessions = connection->epoch();
    const bool freezes = happens(50);
    if (freezes) {
      redis->freeze();
    } else if (happens(20)) {
      redis->crash();
    } else {
      redis->ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    }
    const reactor::Deadline end = reactor->after(300ms);
    while (reactor->now() < end && connection->epoch() == sessions) {
      const std::int64_t id = 1 + chance(kConversations);
      id % 2 == 0 ? commit(id) : overwrite(id);
      turn_for(1ms);
    }
    if (freezes) redis->thaw();
    if (!freezes && connection->epoch() == sessions) redis->start();
    turn_until([&] { return connection->is_available(); });
  }

  std::mt19937_64 random{20'261'124};
  std::map<std::int64_t, Tail> database;
  std::unique_ptr<RedisConnection> connection;
  std::unique_ptr<TailCache> cache;
  int hits = 0;

 private:
  std::int64_t texts_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, TailCacheFaults, kBackends, name_of);

TEST_P(TailCacheFaults, never_give_what_the_database_does_not_have) {
  turn_until([&] { return connection->is_available(); });
  for (int round = 0; round < kRounds && !HasFatalFailure(); ++round) {
    SCOPED_TRACE(round);
    live();
    make_trouble();
    live();
    turn_for(limits::kTailSettleTime + 50ms);
  }
  live();
  EXPECT_GE(connection->epoch(), 2U);
  EXPECT_GE(hits, 10 * kRounds);
}

}  // namespace
}  // namespace ringtalk::cache::testing
