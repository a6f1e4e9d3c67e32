#include "cache/keys.h"

#include <gtest/gtest.h>

#include <limits>

#include "cache/bucket_tag.h"

namespace ringtalk::cache {
namespace {

constexpr std::int64_t kId = 7'340'032'123'456'789;

TEST(Keys, carry_the_tag_of_their_bucket_in_the_first_braces) {
  const std::string tag = "{" + std::string(bucket_tag(kId)) + "}";
  for (const std::string& name :
       {conversation_channel(kId), user_channel(kId), presence_channel(kId), presence_key(kId),
        tail_key("an {epoch}", kId), rate_key("send", kId)}) {
    EXPECT_EQ(name.find('{'), 1U) << name;
    EXPECT_EQ(name.substr(1, 5), tag) << name;
    EXPECT_TRUE(name.ends_with(":7340032123456789")) << name;
  }
}

TEST(Keys, instances_have_names_that_differ) {
  EXPECT_EQ(instance_key(0xfedc'ba98'7654'3210), "i:fedcba9876543210");
  EXPECT_NE(instance_key(1), instances_key());
}

TEST(Keys, a_restored_database_has_other_tails) {
  EXPECT_NE(tail_key("one", kId), tail_key("two", kId));
}

TEST(Keys, a_channel_tells_what_it_is_for) {
  for (const std::int64_t id : {std::int64_t{1}, kId, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_channel(conversation_channel(id)),
              (ChannelName{.kind = ChannelKind::kConversation, .id = id}));
    EXPECT_EQ(parse_channel(user_channel(id)), (ChannelName{.kind = ChannelKind::kUser, .id = id}));
    EXPECT_EQ(parse_channel(presence_channel(id)),
              (ChannelName{.kind = ChannelKind::kPresence, .id = id}));
  }
}

TEST(Keys, what_is_no_channel_of_ours_has_no_name) {
  const std::string good = conversation_channel(5);
  EXPECT_TRUE(parse_channel(good));
  std::string other_tag = good;
  other_tag[2] = other_tag[2] == 'a' ? 'b' : 'a';
  for (const std::string& name : {std::string(), std::string("c"), std::string(":"), good + "0",
                                  good + " ", good.substr(0, good.size() - 1), "x" + good.substr(1),
                                  other_tag, presence_key(5), std::string("c{}:5")}) {
    EXPECT_FALSE(parse_channel(name)) << name;
  }
}

}  // namespace
}  // namespace ringtalk::cache
