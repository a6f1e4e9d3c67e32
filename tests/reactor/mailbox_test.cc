#include "reactor/mailbox.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "reactor/backend.h"

namespace ringtalk::reactor {
namespace {

// A backend that is nothing but a bell.
class Bell final : public Backend {
 public:
  [[nodiscard]] std::string_view name() const override { return "bell"; }
  void accept(AcceptOperation&) override {}
  void receive(ReceiveOperation&) override {}
  void send(SendOperation&) override {}
  void connect(ConnectOperation&) override {}
  void poll(PollOperation&) override {}
  void cancel(Operation&) override {}
  [[nodiscard]] BackendFigures figures() const override { return {}; }

  // Sleeps until it is rung; a sleep of ten seconds is a lost wake-up.
  void wait(Deadline, std::vector<Completion>&) override {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(rung_.wait_for(lock, std::chrono::seconds(10), [this] { return ringing_; }))
        << "nobody rang the bell";
    ringing_ = false;
  }
  void wake() noexcept override {
    {
      const std::lock_guard lock(mutex_);
      ringing_ = true;
    }
    rung_.notify_one();
    ++rings_;
  }
  [[nodiscard]] int rings() const { return rings_; }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool ringing_ = false;
  std::atomic<int> rings_{0};
};

TEST(Mailbox, delivers_letters_in_the_order_of_posting) {
  Bell bell;
  Mailbox mailbox(bell, 10);
  std::vector<int> read;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(mailbox.post([&read, i] { read.push_back(i); }));
  }
  EXPECT_EQ(mailbox.size(), 5U);
  EXPECT_EQ(mailbox.deliver(), 5U);
  EXPECT_EQ(read, (std::vector{0, 1, 2, 3, 4}));
  EXPECT_EQ(mailbox.deliver(), 0U);
}

TEST(Mailbox, refuses_the_letter_past_its_bound_and_leaves_it_to_the_caller) {
  Bell bell;
  Mailbox mailbox(bell, 2);
  int read = 0;
  EXPECT_TRUE(mailbox.post([&] { ++read; }));
  EXPECT_TRUE(mailbox.post([&] { ++read; }));
  Letter third([&] { ++read; });
  EXPECT_FALSE(mailbox.post(std::move(third)));
  third();  // not taken, so it can still be used
  EXPECT_EQ(read, 1);
  EXPECT_EQ(mailbox.deliver(), 2U);
  EXPECT_TRUE(mailbox.post(std::move(third)));
  EXPECT_EQ(mailbox.deliver(), 1U);
  EXPECT_EQ(read, 4);
}

TEST(Mailbox, takes_answers_past_its_bound_without_counting_them) {
  Bell bell;
  Mailbox mailbox(bell, 1);
  mailbox.post_answer([] {});
  EXPECT_TRUE(mailbox.post([] {}));
  EXPECT_FALSE(mailbox.post([] {}));
  mailbox.post_answer([] {});
  EXPECT_EQ(mailbox.deliver(), 3U);
}

TEST(Mailbox, leaves_what_a_letter_posts_for_the_next_delivery) {
  Bell bell;
  Mailbox mailbox(bell, 10);
  int read = 0;
  mailbox.post_answer([&] { mailbox.post_answer([&] { ++read; }); });
  EXPECT_EQ(mailbox.deliver(), 1U);
  EXPECT_EQ(read, 0);
  EXPECT_FALSE(mailbox.prepare_sleep());
  EXPECT_EQ(mailbox.deliver(), 1U);
  EXPECT_EQ(read, 1);
}

TEST(Mailbox, frees_what_a_letter_holds_before_the_next_one_runs) {
  Bell bell;
  Mailbox mailbox(bell, 10);
  auto held = std::make_shared<int>(0);
  long count_in_second = 0;
  mailbox.post_answer([held] { ++*held; });
  mailbox.post_answer([&held, &count_in_second] { count_in_second = held.use_count(); });
  mailbox.deliver();
  EXPECT_EQ(count_in_second, 1);
}

TEST(Mailbox, rings_the_bell_once_a_sleep_and_never_when_the_owner_is_awake) {
  Bell bell;
  Mailbox mailbox(bell, 100);
  mailbox.post_answer([] {});
  EXPECT_EQ(bell.rings(), 0);
  EXPECT_FALSE(mailbox.prepare_sleep());  // something waits
  mailbox.post_answer([] {});
  EXPECT_EQ(bell.rings(), 0);
  mailbox.deliver();

  EXPECT_TRUE(mailbox.prepare_sleep());
  for (int i = 0; i < 50; ++i) mailbox.post_answer([] {});
  EXPECT_EQ(bell.rings(), 1);
  mailbox.awake();
  mailbox.post_answer([] {});
  EXPECT_EQ(bell.rings(), 1);
}

TEST(Mailbox, loses_neither_letters_nor_wake_ups_between_four_senders_and_a_sleeper) {
  constexpr std::size_t kSenders = 4;
  constexpr int kLettersEach = 20'000;
  Bell bell;
  Mailbox mailbox(bell, 64);
  std::array<int, kSenders> last{};  // the owner's: no lock
  std::vector<std::thread> senders;
  for (std::size_t sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&, sender] {
      for (int number = 1; number <= kLettersEach; ++number) {
        Letter letter([&last, sender, number] {
          ASSERT_EQ(last[sender], number - 1);
          last[sender] = number;
        });
        while (!mailbox.post(std::move(letter))) std::this_thread::yield();
      }
    });
  }

  std::size_t delivered = 0;
  std::vector<Completion> none;
  while (delivered < kSenders * kLettersEach && !HasFatalFailure()) {
    if (mailbox.prepare_sleep()) bell.wait(kNever, none);
    mailbox.awake();
    delivered += mailbox.deliver();
  }

  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(delivered, kSenders * kLettersEach);
  for (const int number : last) EXPECT_EQ(number, kLettersEach);
}

}  // namespace
}  // namespace ringtalk::reactor
