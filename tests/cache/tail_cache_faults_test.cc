// TailCache against a model while Redis freezes, throws us out, crashes and forgets: whatever it
// gives must be what the database has. Records are also overwritten, as by an edit, so that a lost
// forget() shows. The seed is fixed; a failure tells the step.
#include <algorithm>
#include <map>
#include <random>
#include <span>

#include "cache/tail_cache.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

constexpr std::int64_t kConversations = 8;

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

  /// The next event of a conversation; some overwrite an earlier record.
  void commit(std::int64_t id) {
    Tail& log_of = database[id];
    if (!log_of.empty() && happens(20)) {
      log_of[static_cast<std::size_t>(chance(std::ssize(log_of)))].bytes =
          "overwritten " + std::to_string(++texts_);
      cache->forget({id});
    }
    const std::int64_t seq = std::ssize(log_of) + 1;
    log_of.push_back({.seq = seq, .bytes = "record " + std::to_string(++texts_)});
    cache->append({.conversation_id = id, .seq = seq, .keep_from_seq = seq - 30},
                  log_of.back().bytes);
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

  void make_trouble() {
    switch (chance(4)) {
      case 0:
        redis->freeze();
        is_frozen = true;
        break;
      case 1:
        redis->crash();
        redis->start();
        break;
      default:
        redis->ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    }
  }

  std::mt19937_64 random{20'261'124};
  std::map<std::int64_t, Tail> database;
  std::unique_ptr<RedisConnection> connection;
  std::unique_ptr<TailCache> cache;
  int hits = 0;
  bool is_frozen = false;

 private:
  std::int64_t texts_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, TailCacheFaults, kBackends, name_of);

TEST_P(TailCacheFaults, never_give_what_the_database_does_not_have) {
  for (int step = 0; step < 4'000; ++step) {
    SCOPED_TRACE(step);
    const std::int64_t id = 1 + chance(kConversations);
    commit(id);
    if (happens(50)) read_and_compare(1 + chance(kConversations));
    if (HasFatalFailure()) break;
    if (is_frozen && happens(5)) {
      redis->thaw();
      is_frozen = false;
    }
    if (!is_frozen && happens(1) && happens(30)) make_trouble();
    if (happens(30)) turn_for(1ms);
  }
  if (is_frozen) redis->thaw();
  EXPECT_GE(connection->epoch(), 3U);
  EXPECT_GE(hits, 100);
}

}  // namespace
}  // namespace ringtalk::cache::testing
