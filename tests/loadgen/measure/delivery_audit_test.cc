// What all threads together find: lost messages, one order for all, and any spoilt run at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "loadgen/measure/delivery_ledger.h"

namespace ringtalk::loadgen {
namespace {

using View = DeliveryLedger::View;

constexpr std::uint32_t kWriter = 0, kReader = 1, kOther = 2;

Accounts audit(const DeliveryLedger& ledger) {
  const std::array all{&ledger};
  return DeliveryLedger::audit(all);
}

Payload message(std::uint64_t number, std::uint32_t sender = kWriter) {
  return {.run = 1, .sender = sender, .number = number, .intended_ns = 0};
}

void hear(DeliveryLedger& ledger, View view, std::int64_t seq, const Payload& payload) {
  ledger.heard(view, seq, &payload);
}

// Writers on one thread, readers on another.
struct TwoThreads : testing::Test {
  DeliveryLedger writers, readers;
  View writer = writers.open(0, kWriter, 0);
  View reader = readers.open(0, kReader, 0);
  std::array<const DeliveryLedger*, 2> both{&writers, &readers};
};

TEST_F(TwoThreads, are_audited_together) {
  writers.acked(writer, 1, 1, false);
  writers.acked(writer, 2, 2, false);
  hear(readers, reader, 1, message(1));
  EXPECT_EQ(DeliveryLedger::audit(both).lost, 1u);
  hear(readers, reader, 2, message(2));
  const Accounts accounts = DeliveryLedger::audit(both);
  EXPECT_TRUE(accounts.are_clean());
  EXPECT_EQ(accounts.expected, 2u);
  EXPECT_EQ(accounts.delivered, 2u);
}

TEST_F(TwoThreads, one_seq_acked_to_users_of_both_is_doubled) {
  writers.acked(writer, 1, 1, false);
  readers.acked(reader, 1, 1, false);
  EXPECT_EQ(DeliveryLedger::audit(both).doubled, 1u);
}

TEST_F(TwoThreads, are_told_the_same_order) {
  const View second = writers.open(0, kOther, 0);
  writers.acked(writer, 1, 1, false);
  hear(writers, writer, 2, message(1, kReader));
  hear(writers, second, 1, message(1));
  hear(writers, second, 2, message(1, kReader));
  hear(readers, reader, 1, message(1, kReader));  // the other way round
  hear(readers, reader, 2, message(1));
  EXPECT_EQ(DeliveryLedger::audit(both).reordered, 1u);
}

// A clean run of three who write to each other, as each of them was told it; then one thing is
// spoilt.
struct Told {
  std::int64_t seq;
  Payload payload;
};

struct SpoiltRun {
  std::array<std::vector<Told>, 3> told;

  explicit SpoiltRun(std::mt19937_64& random) {
    std::array<std::uint64_t, 3> numbers{};
    for (std::int64_t seq = 1; seq <= 60; ++seq) {
      const auto sender = static_cast<std::uint32_t>(random() % 3);
      const Payload payload = message(++numbers[sender], sender);
      for (auto& each : told) each.push_back({.seq = seq, .payload = payload});
    }
  }

  // All hear in turn, a few messages each time; own ones come as acks.
  [[nodiscard]] Accounts play(std::mt19937_64& random) const {
    DeliveryLedger ledger;
    for (std::uint32_t user = 0; user < 3; ++user) ledger.open(0, user, 0);
    std::array<std::size_t, 3> next{};
    while (true) {
      std::uint32_t user = static_cast<std::uint32_t>(random() % 3);
      for (int tries = 0; tries < 3 && next[user] == told[user].size(); ++tries)
        user = (user + 1) % 3;
      if (next[user] == told[user].size()) return audit(ledger);
      const Told& each = told[user][next[user]++];
      if (each.payload.sender == user)
        ledger.acked(user, each.seq, each.payload.number, false);
      else
        ledger.heard(user, each.seq, &each.payload);
    }
  }
};

TEST(SpoiltRun, a_clean_one_is_clean_whoever_hears_first) {
  std::mt19937_64 random(21);
  for (int round = 0; round < 300; ++round) {
    const Accounts accounts = SpoiltRun(random).play(random);
    ASSERT_TRUE(accounts.are_clean());
    ASSERT_EQ(accounts.expected, 120u);
    ASSERT_EQ(accounts.delivered, 120u);
  }
}

TEST(SpoiltRun, whatever_is_spoilt_is_found) {
  std::mt19937_64 random(22);
  for (int round = 0; round < 3'000; ++round) {
    SpoiltRun run(random);
    const std::uint32_t user = random() % 3;
    auto& victim = run.told[user];
    const std::size_t at = random() % victim.size();
    const std::size_t other = (at + 1 + random() % (victim.size() - 1)) % victim.size();
    const int kind = round % 5;
    // At the end of the log, own messages that are not acknowledged are promised to nobody.
    const bool are_others_from_here =
        std::any_of(victim.begin() + static_cast<std::ptrdiff_t>(at), victim.end(),
                    [&](const Told& each) { return each.payload.sender != user; });
    if ((kind == 0 || kind == 4) && !are_others_from_here) continue;
    if (kind == 0) victim.erase(victim.begin() + static_cast<std::ptrdiff_t>(at));
    if (kind == 1) victim.insert(victim.begin() + static_cast<std::ptrdiff_t>(other), victim[at]);
    if (kind == 2) std::swap(victim[at], victim[other]);
    if (kind == 3) std::swap(victim[at].payload, victim[other].payload);
    if (kind == 4) victim.resize(at);
    EXPECT_FALSE(run.play(random).are_clean()) << "kind " << kind << ", round " << round;
  }
}

TEST(DeliveryLedger, a_million_views_and_a_random_clean_run_are_clean) {
  constexpr std::uint32_t kUsers = 1'000, kConversations = 1'000;
  DeliveryLedger ledger;
  for (std::uint32_t user = 0; user < kUsers; ++user)
    for (std::uint32_t each = 0; each < kConversations; ++each) ledger.open(each, user, 5);
  std::mt19937_64 random(9);
  std::vector<std::vector<std::uint64_t>> numbers(kConversations, std::vector<std::uint64_t>(4));
  std::vector<std::int64_t> heads(kConversations, 5);
  constexpr std::uint64_t kMessages = 3'000;
  for (std::uint64_t count = 0; count < kMessages; ++count) {
    const auto conversation = static_cast<std::uint32_t>(random() % kConversations);
    const auto sender = static_cast<std::uint32_t>(random() % 4);
    const Payload payload = message(++numbers[conversation][sender], sender);
    const std::int64_t seq = ++heads[conversation];
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      const View view = user * kConversations + conversation;
      if (user == sender)
        ledger.acked(view, seq, payload.number, false);
      else
        ledger.heard(view, seq, &payload);
    }
  }
  const Accounts accounts = audit(ledger);
  EXPECT_TRUE(accounts.are_clean());
  EXPECT_EQ(accounts.unchecked, 0u);
  EXPECT_EQ(accounts.expected, kMessages * (kUsers - 1));
  EXPECT_EQ(accounts.delivered, accounts.expected);
}

}  // namespace
}  // namespace ringtalk::loadgen
