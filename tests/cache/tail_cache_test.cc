#include "cache/tail_cache.h"

#include <span>

#include "cache/keys.h"
#include "cache/limits.h"
#include "cache_support.h"

namespace ringtalk::cache::testing {
namespace {

constexpr std::int64_t kSome = 77'001;  // a conversation
constexpr std::int64_t kOther = 77'002;

std::string record_of(std::int64_t seq) {
  return "record " + std::to_string(seq) + std::string("\0\r\n", 3);
}

class TailCacheTest : public CacheTest {
 protected:
  TailCacheTest() {
    start_redis();
    connection = std::make_unique<RedisConnection>(*reactor, workers, log, impatient(), "tails");
    cache = std::make_unique<TailCache>(*reactor, *connection);
    cache->set_epoch("one");
    connection->open();
    turn_until([&] { return connection->is_available(); });
  }
  ~TailCacheTest() override { run(connection->close()); }

  [[nodiscard]] RedisOptions impatient() const {
    RedisOptions chosen = options();
    chosen.stuck_after = 300ms;
    chosen.connect_timeout = 300ms;
    return chosen;
  }
  void append(std::int64_t seq, std::int64_t keep_from = 0) {
    cache->append({.conversation_id = kSome, .seq = seq, .keep_from_seq = keep_from},
                  record_of(seq));
  }
  void append_all(std::int64_t from, std::int64_t to) {
    for (std::int64_t seq = from; seq <= to; ++seq) append(seq);
  }
  static Tail records(std::int64_t from, std::int64_t to) {
    Tail tail;
    for (std::int64_t seq = from; seq <= to; ++seq) {
      tail.push_back({.seq = seq, .bytes = record_of(seq)});
    }
    return tail;
  }
  std::optional<Tail> read(std::int64_t after, std::int64_t head, std::int64_t of = kSome) {
    return run(cache->read({.conversation_id = of, .head_seq = head, .after_seq = after}));
  }
  std::optional<Tail> read_last(std::size_t count, std::int64_t head) {
    return run(cache->read_last({.conversation_id = kSome, .head_seq = head, .count = count}));
  }
  [[nodiscard]] std::string stored() const { return redis->ask({"ZCARD", tail_key("one", kSome)}); }
  void settle() {
    turn_until([&] { return connection->is_available(); });
    turn_for(limits::kTailSettleTime + 100ms);
  }

  std::unique_ptr<RedisConnection> connection;
  std::unique_ptr<TailCache> cache;
};
INSTANTIATE_TEST_SUITE_P(All, TailCacheTest, kBackends, name_of);

TEST_P(TailCacheTest, gives_what_was_appended) {
  append_all(1, 10);
  EXPECT_EQ(read(0, 10), records(1, 10));
  EXPECT_EQ(read(7, 10), records(8, 10));
  EXPECT_EQ(read(3, 5), records(4, 5)) << "a head that others have passed";
  EXPECT_EQ(read_last(3, 10), records(8, 10));
  EXPECT_EQ(read_last(50, 10), records(1, 10));
  EXPECT_EQ(cache->figures().hits, 5U);
  EXPECT_EQ(cache->figures().misses, 0U);
}

TEST_P(TailCacheTest, nothing_to_read_needs_no_cache) {
  redis->crash();
  EXPECT_EQ(read(10, 10), Tail());
  EXPECT_EQ(read(11, 10), Tail());
}

TEST_P(TailCacheTest, what_is_not_there_or_does_not_reach_the_head_is_a_miss) {
  EXPECT_FALSE(read(0, 3));
  EXPECT_FALSE(read_last(3, 3));
  append_all(5, 8);
  EXPECT_FALSE(read(3, 8)) << "begins later";
  EXPECT_FALSE(read(6, 9)) << "ends before the head";
  EXPECT_FALSE(read_last(2, 9));
  EXPECT_FALSE(read(4, 8, kOther));
  EXPECT_EQ(cache->figures().misses, 6U);
  EXPECT_EQ(cache->figures().corrupt, 0U);
}

TEST_P(TailCacheTest, a_hole_is_a_miss_for_those_who_would_cross_it) {
  append_all(1, 4);
  append_all(6, 9);
  EXPECT_FALSE(read(3, 9));
  EXPECT_EQ(read(5, 9), records(6, 9));
  EXPECT_EQ(read_last(50, 9), records(6, 9));
  append(5);
  EXPECT_EQ(read(0, 9), records(1, 9));
}

TEST_P(TailCacheTest, appends_in_any_order_and_more_than_once_are_the_same) {
  for (const std::int64_t seq : {3, 1, 4, 1, 5, 2, 3, 5}) append(seq);
  EXPECT_EQ(read(0, 5), records(1, 5));
  EXPECT_EQ(stored(), "5");
}

TEST_P(TailCacheTest, large_numbers_keep_their_order) {
  const std::int64_t far = 9'007'199'254'740'000;
  for (std::int64_t seq = far; seq < far + 10; ++seq) append(seq);
  EXPECT_EQ(read(far - 1, far + 9), records(far, far + 9));
}

TEST_P(TailCacheTest, what_the_caller_gives_up_goes_and_the_rest_stays) {
  for (std::int64_t seq = 1; seq <= 40; ++seq) append(seq, seq - 9);
  EXPECT_EQ(read(30, 40), records(31, 40));
  EXPECT_FALSE(read(29, 40));
  EXPECT_EQ(stored(), "10");
  for (std::int64_t seq = 41; seq <= 47; ++seq) append(seq, seq - 9);
  EXPECT_EQ(read(37, 47), records(38, 47));
  EXPECT_EQ(stored(), "17") << "trimmed at every eighth";
}

TEST_P(TailCacheTest, keeps_and_gives_as_many_as_its_bound_and_not_one_more) {
  const std::int64_t most = limits::kTailRecordsMax;
  append_all(1, 2 * most);
  EXPECT_EQ(read(most, 2 * most), records(most + 1, 2 * most));
  EXPECT_EQ(stored(), std::to_string(most));
  EXPECT_FALSE(read(most - 1, 2 * most));
  EXPECT_EQ(read_last(10'000, 2 * most), records(most + 1, 2 * most));
}

TEST_P(TailCacheTest, a_record_at_its_bound_is_kept_and_one_past_it_is_a_hole) {
  const std::string most(limits::kTailRecordBytesMax, 'x');
  cache->append({.conversation_id = kSome, .seq = 1}, most);
  cache->append({.conversation_id = kSome, .seq = 2}, most + "x");
  append(3);
  EXPECT_EQ(read(0, 1), (Tail{{.seq = 1, .bytes = most}}));
  EXPECT_FALSE(read(0, 3));
}

TEST_P(TailCacheTest, a_tail_ends_some_time_after_its_last_write) {
  append(1);
  cache->warm(kOther, records(1, 3));
  EXPECT_TRUE(read(0, 1));
  constexpr auto kLongest = std::chrono::milliseconds(limits::kTailLifetime).count();
  for (const std::int64_t id : {kSome, kOther}) {
    const auto left = std::stoll(redis->ask({"PTTL", tail_key("one", id)}));
    EXPECT_GT(left, kLongest / 2);
    EXPECT_LE(left, kLongest);
  }
}

TEST_P(TailCacheTest, warming_puts_the_records_in_the_place_of_what_was_there) {
  append_all(1, 4);
  cache->append({.conversation_id = kSome, .seq = 6}, "what the database does not say");
  cache->warm(kSome, records(5, 9));
  EXPECT_EQ(read(4, 9), records(5, 9));
  EXPECT_FALSE(read(3, 9));
  append(10);
  EXPECT_EQ(read(4, 10), records(5, 10));
  cache->warm(kSome, {});
  EXPECT_EQ(read(4, 10), records(5, 10));

  const std::int64_t most = limits::kTailRecordsMax;
  cache->warm(kSome, records(1, most + 5));
  EXPECT_EQ(read(5, most + 5), records(6, most + 5));
  EXPECT_EQ(stored(), std::to_string(most));
}

TEST_P(TailCacheTest, what_is_forgotten_is_a_miss) {
  append_all(1, 5);
  cache->warm(kOther, records(1, 5));
  cache->forget({kSome, kOther});
  EXPECT_FALSE(read(0, 5));
  EXPECT_FALSE(read(0, 5, kOther));
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
}

TEST_P(TailCacheTest, two_records_of_one_seq_are_a_miss_and_are_cleared_away) {
  append_all(1, 5);
  cache->append({.conversation_id = kSome, .seq = 3}, "another third");
  EXPECT_FALSE(read(0, 5));
  EXPECT_EQ(cache->figures().corrupt, 1U);
  append_all(1, 5);
  EXPECT_EQ(read(0, 5), records(1, 5));
}

TEST_P(TailCacheTest, what_none_of_us_has_written_is_a_miss_and_is_cleared_away) {
  const std::string key = tail_key("one", kSome);
  redis->ask({"SET", key, "a string"});
  EXPECT_FALSE(read(0, 1));
  EXPECT_EQ(cache->figures().corrupt, 1U);
  EXPECT_FALSE(read(0, 1));
  EXPECT_EQ(redis->ask({"EXISTS", key}), "0");
  redis->ask({"ZADD", key, "1", "short"});
  EXPECT_FALSE(read_last(1, 1));
  EXPECT_EQ(cache->figures().corrupt, 2U);
  EXPECT_FALSE(read(0, 1));
  EXPECT_EQ(redis->ask({"EXISTS", key}), "0");
}

TEST_P(TailCacheTest, another_epoch_of_the_database_has_other_tails) {
  append_all(1, 5);
  cache->set_epoch("two");
  EXPECT_FALSE(read(0, 5));
  append_all(1, 2);
  EXPECT_EQ(read(0, 2), records(1, 2));
  cache->set_epoch("one");
  EXPECT_EQ(read(0, 5), records(1, 5));
}

TEST_P(TailCacheTest, before_the_epoch_is_known_nothing_is_read_or_written) {
  cache->set_epoch("");
  append_all(1, 5);
  EXPECT_FALSE(read(0, 5));
  cache->set_epoch("one");
  append_all(1, 5);
  cache->set_epoch("");
  cache->forget({kSome});
  cache->set_epoch("one");
  EXPECT_FALSE(read(0, 5));
}

TEST_P(TailCacheTest, a_flushed_redis_is_a_miss) {
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
  EXPECT_EQ(redis->ask({"FLUSHALL"}), "OK");
  EXPECT_FALSE(read(0, 5));
  append_all(6, 7);
  EXPECT_FALSE(read(0, 7));
  EXPECT_EQ(read(5, 7), records(6, 7));
}

TEST_P(TailCacheTest, while_redis_is_away_all_is_a_miss_and_afterwards_it_fills_again) {
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
  redis->crash();
  turn_until([&] { return !connection->is_available(); });
  append(6);
  EXPECT_FALSE(read(0, 6));
  EXPECT_EQ(cache->figures().distrusted, 1U);
  redis->start();
  settle();
  EXPECT_EQ(cache->figures().distrusted, 0U);
  cache->warm(kSome, records(1, 6));
  EXPECT_EQ(read(0, 6), records(1, 6));
}

// The one that matters: Redis kept what it had, and what would have corrected it was lost.
TEST_P(TailCacheTest, a_tail_whose_correction_was_lost_is_deleted_before_it_is_believed) {
  append_all(1, 5);
  cache->warm(kOther, records(1, 5));
  EXPECT_TRUE(read(0, 5));
  redis->freeze();
  // Until the connection is given up; then Redis thaws with all its memory.
  cache->forget({kSome});
  append(6);
  turn_until([&] { return !connection->is_available() && cache->figures().distrusted == 1; });
  cache->forget({kOther});
  EXPECT_EQ(cache->figures().distrusted, 2U);
  redis->thaw();
  turn_until([&] { return connection->is_available(); });
  EXPECT_FALSE(read(0, 5));
  EXPECT_FALSE(read(0, 5, kOther));
  append_all(7, 8);
  EXPECT_FALSE(read(6, 8)) << "not written either, until it is deleted";
  settle();
  EXPECT_EQ(cache->figures().distrusted, 0U);
  EXPECT_FALSE(read(0, 5));
  EXPECT_EQ(stored(), "0");
  EXPECT_EQ(redis->ask({"EXISTS", tail_key("one", kOther)}), "0");
  append_all(9, 10);
  EXPECT_EQ(read(8, 10), records(9, 10));
}

TEST_P(TailCacheTest, keys_that_were_not_touched_are_believed_right_after_a_reconnect) {
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
  EXPECT_EQ(redis->ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}), "1");
  turn_until([&] { return connection->epoch() == 2; });
  EXPECT_EQ(read(0, 5), records(1, 5));
}

TEST_P(TailCacheTest, writes_that_redis_refuses_make_their_tail_distrusted) {
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
  EXPECT_EQ(redis->ask({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  append(6);
  turn_until([&] { return cache->figures().distrusted == 1; });
  EXPECT_EQ(redis->ask({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  turn_until([&] { return cache->figures().distrusted == 0; });
  EXPECT_FALSE(read(0, 5));
  EXPECT_EQ(stored(), "0");
}

TEST_P(TailCacheTest, an_answer_past_its_deadline_is_a_miss) {
  append_all(1, 5);
  EXPECT_TRUE(read(0, 5));
  redis->freeze();
  EXPECT_FALSE(read(0, 5));
  redis->thaw();
}

}  // namespace
}  // namespace ringtalk::cache::testing
