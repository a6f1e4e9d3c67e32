#include "db/pg_user_store.h"

#include "db/cluster_store.h"
#include "db_support.h"

namespace ringtalk::db::testing {
namespace {

using enum CreateUserOutcome;

class UserStoreTest : public StoreTest {
 protected:
  NewUser alice() {
    return {.id = 7,
            .name = "Alice",
            .email = "Alice@example.org",
            .email_folded = "alice@example.org",
            .password_hash = "secret",
            .created_at_ms = kSomeTime};
  }
  std::vector<std::string> names(std::string prefix, std::int64_t limit = 10) {
    std::vector<std::string> found;
    for (const UserRow& user : get(users.search_by_name(std::move(prefix), limit))) {
      found.push_back(user.name);
    }
    return found;
  }
  void add_named(std::int64_t id, std::string name) {
    NewUser user = alice();
    user.id = id;
    user.name = std::move(name);
    user.email_folded = std::to_string(id);
    ASSERT_EQ(get(users.create(user)), kCreated);
  }
};

TEST_F(UserStoreTest, creates_a_user_who_is_found_by_id_and_address) {
  ASSERT_EQ(get(users.create(alice())), kCreated);
  for (const auto& found : {get(users.find(7)), get(users.find_by_email("alice@example.org"))}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, 7);
    EXPECT_EQ(found->name, "Alice");
    EXPECT_EQ(found->email, "Alice@example.org");
    EXPECT_EQ(found->created_at_ms, kSomeTime);
    EXPECT_EQ(found->last_seen_at_ms, std::nullopt);
  }
  const auto credentials = get(users.find_credentials("alice@example.org"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user.id, 7);
  EXPECT_EQ(credentials->password_hash, "secret");
}

TEST_F(UserStoreTest, finds_nobody_where_there_is_nobody) {
  EXPECT_FALSE(get(users.find(8)));
  EXPECT_FALSE(get(users.find_by_email("x")));
  EXPECT_FALSE(get(users.find_credentials("x")));
  EXPECT_TRUE(get(users.find_many({1, 2})).empty());
  EXPECT_TRUE(get(users.find_many({})).empty());
}

TEST_F(UserStoreTest, tells_a_taken_address_from_a_taken_id) {
  ASSERT_EQ(get(users.create(alice())), kCreated);
  NewUser same_address = alice();
  same_address.id = 8;
  EXPECT_EQ(get(users.create(same_address)), kEmailTaken);
  NewUser same_id = alice();
  same_id.email_folded = "other@example.org";
  EXPECT_EQ(get(users.create(same_id)), kIdTaken);
  EXPECT_EQ(get(users.create(alice())), kEmailTaken);
}

TEST_F(UserStoreTest, of_many_who_take_one_address_at_once_one_wins) {
  std::vector<std::optional<reactor::Result<CreateUserOutcome>>> outcomes(16);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    NewUser user = alice();
    user.id = static_cast<std::int64_t>(i) + 1;
    begin(users.create(user), outcomes[i]);
  }
  int created = 0;
  for (auto& outcome : outcomes) {
    turn_until([&] { return outcome.has_value(); });
    created += **outcome == kCreated;
  }
  EXPECT_EQ(created, 1);
}

TEST_F(UserStoreTest, finds_many_each_once_in_order) {
  add_users(3);
  const auto found = get(users.find_many({3, 99, 1, 3}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id, 1);
  EXPECT_EQ(found[1].id, 3);
}

TEST_F(UserStoreTest, searches_by_prefix_without_regard_to_case) {
  add_named(1, "Bob");
  add_named(2, "bobby");
  add_named(3, "Bo_b");
  add_named(4, "Carol");
  add_named(5, "BOß");
  EXPECT_EQ(names("bob"), (std::vector<std::string>{"Bob", "bobby"}));
  EXPECT_EQ(names("BOB", 1), std::vector<std::string>{"Bob"});
  EXPECT_EQ(names("boß"), std::vector<std::string>{"BOß"});
  EXPECT_TRUE(names("x").empty());
}

TEST_F(UserStoreTest, takes_every_character_of_a_prefix_for_itself) {
  add_named(1, "a%b");
  add_named(2, "axb");
  add_named(3, "a_b");
  add_named(4, "a\\b");
  EXPECT_EQ(names("a%"), std::vector<std::string>{"a%b"});
  EXPECT_EQ(names("a_"), std::vector<std::string>{"a_b"});
  EXPECT_EQ(names("a\\"), std::vector<std::string>{"a\\b"});
}

TEST_F(UserStoreTest, searches_by_the_index) {
  const auto plan = query(
      "SET enable_seqscan = off; EXPLAIN SELECT id FROM users WHERE lower(name) ~>=~ lower('a')"
      " AND lower(name) ~<~ (lower('a') || chr(1114111)) ORDER BY lower(name) USING ~<~, id LIMIT "
      "5");
  bool has_index = false;
  for (const std::string& line : plan) {
    has_index |= line.find("users_name") != std::string::npos;
  }
  EXPECT_TRUE(has_index);
}

TEST_F(UserStoreTest, renames) {
  ASSERT_EQ(get(users.create(alice())), kCreated);
  EXPECT_EQ(get(users.rename(7, "Alicia"))->name, "Alicia");
  EXPECT_EQ(get(users.find(7))->name, "Alicia");
  EXPECT_FALSE(get(users.rename(8, "Nobody")));
}

TEST_F(UserStoreTest, takes_names_of_64_code_points_and_none_of_65) {
  std::string name;
  for (int i = 0; i < 64; ++i) name += "😀";
  add_named(1, name);
  const auto outcome = finish(users.rename(1, name + "x"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, reactor::ErrorKind::kInvalid);
}

TEST_F(UserStoreTest, changes_the_password_hash) {
  ASSERT_EQ(get(users.create(alice())), kCreated);
  EXPECT_TRUE(get(users.set_password_hash(7, "new")));
  EXPECT_EQ(get(users.find_credentials("alice@example.org"))->password_hash, "new");
  EXPECT_FALSE(get(users.set_password_hash(8, "new")));
}

TEST_F(UserStoreTest, the_cluster_has_an_epoch_that_stays) {
  ClusterStore cluster(pool);
  const std::string epoch = get(cluster.epoch());
  EXPECT_FALSE(epoch.empty());
  EXPECT_EQ(get(cluster.epoch()), epoch);
}

}  // namespace
}  // namespace ringtalk::db::testing
