// ReceiptsTest: what the tests of Receipts share: one shard's lab, marks of Bob that go in, and how
// they are written. Test code; one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "app/chat/receipts.h"
#include "app/limits.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {

using namespace std::chrono_literals;
using Heard = std::vector<std::string>;
using Marks = std::pair<protocol::Seq, protocol::Seq>;  // delivered, read

inline constexpr SessionNumber kPhone = 1;
inline constexpr SessionNumber kLaptop = 2;
inline constexpr MarkKey kBobsKey{.user_id = kBob, .conversation_id = kRoom};

class ReceiptsTest : public ::testing::Test {
 protected:
  void store(int messages, protocol::UserId sender = kAlice) {
    for (int i = 0; i < messages; ++i) {
      lab.store.store_silently({.conversation_id = kRoom.value,
                                .sender_id = sender.value,
                                .client_id = uuid_of(++last_key).bytes,
                                .body = "x"});
    }
  }
  [[nodiscard]] bool note(PendingMark mark, MarkKey key = kBobsKey) {
    return test_support::run(lab.reactor, lab.receipts.note(key, std::move(mark)));
  }
  void delivered(protocol::Seq seq, SessionNumber session = kPhone) {
    ASSERT_TRUE(note({.delivered = seq, .session = session}));
  }
  void read(protocol::Seq seq, SessionNumber session = kPhone) {
    ASSERT_TRUE(note({.read = seq, .session = session}));
  }
  void sent(protocol::Seq seq, SessionNumber session = kPhone) {
    lab.receipts.note_sent({{.key = kBobsKey, .seq = seq, .session = session}});
  }
  void pass(reactor::Duration span) { test_support::turn_for(lab.reactor, span); }
  void settle() { test_support::run(lab.reactor, lab.receipts.settle(kBob)); }
  [[nodiscard]] Marks marks() const {
    const db::Marks marks = lab.marks.marks_of(kRoom.value, kBob.value);
    return {marks.delivered_seq, marks.read_seq};
  }
  static reactor::Task<void> keep(reactor::Task<bool> task) {
    EXPECT_TRUE(co_await std::move(task));
  }
  [[nodiscard]] std::size_t writes() const { return lab.marks.batch_sizes.size(); }

  ChatLab lab;
  std::uint8_t last_key = 0;
};

}  // namespace ringtalk::app::chat::testing
