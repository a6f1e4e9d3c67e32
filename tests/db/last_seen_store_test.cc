#include <algorithm>
#include <optional>

#include "db/pg_last_seen_store.h"
#include "db/user_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

class LastSeenStoreTest : public StoreTest {
 protected:
  LastSeenStoreTest() {
    for (const std::int64_t id : {1, 2, 3}) {
      NewUser user{.id = id,
                   .name = "User",
                   .email = std::to_string(id),
                   .email_folded = std::to_string(id),
                   .password_hash = "secret",
                   .created_at_ms = kSomeTime};
      EXPECT_EQ(get(users.create(std::move(user))), CreateUserOutcome::kCreated);
    }
  }
  std::vector<LastSeen> seen_of(std::vector<std::int64_t> ids) {
    std::vector<LastSeen> seen = get(last_seen.last_seen_of(std::move(ids)));
    std::ranges::sort(seen, {}, &LastSeen::user_id);
    return seen;
  }
  void raise(std::vector<LastSeen> seen) {
    EXPECT_TRUE(finish(last_seen.raise_last_seen(std::move(seen))).has_value());
  }

  PgLastSeenStore last_seen{pool};
};

TEST_F(LastSeenStoreTest, who_was_never_seen_or_does_not_exist_is_passed_over) {
  EXPECT_TRUE(seen_of({1, 2, 99}).empty());
  raise({{.user_id = 2, .seen_at_ms = kSomeTime + 7}, {.user_id = 99, .seen_at_ms = kSomeTime}});
  EXPECT_EQ(seen_of({1, 2, 99, 2}),
            (std::vector<LastSeen>{{.user_id = 2, .seen_at_ms = kSomeTime + 7}}));
  EXPECT_EQ(get(users.find(2))->last_seen_at_ms, kSomeTime + 7);
}

TEST_F(LastSeenStoreTest, it_only_rises_and_keeps_its_milliseconds) {
  for (const std::int64_t later : {500, 123, 999, 0}) {
    raise({{.user_id = 3, .seen_at_ms = kSomeTime + later},
           {.user_id = 1, .seen_at_ms = kSomeTime + later}});
  }
  EXPECT_EQ(seen_of({3, 1}),
            (std::vector<LastSeen>{{.user_id = 1, .seen_at_ms = kSomeTime + 999},
                                   {.user_id = 3, .seen_at_ms = kSomeTime + 999}}));
}

}  // namespace
}  // namespace ringtalk::db::testing
