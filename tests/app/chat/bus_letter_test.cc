// What instances write to each other: read again as it was written, and never believed when it is
// anything else. Test code; one thread.
#include "app/chat/bus_letter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/chat/event_record.h"
#include "chat_lab.h"

namespace ringtalk::app::chat::testing {
namespace {

constexpr InstanceId kInstance = 0x1122334455667788U;

class BusLetterTest : public ::testing::Test {
 protected:
  static Published published(protocol::EventDetail detail,
                             std::optional<protocol::Uuid> send_key = std::nullopt) {
    Published event;
    event.conversation_id = kRoom;
    event.event = {.seq = 7, .timestamp_ms = 1'700'000'000'123, .detail = std::move(detail)};
    event.send_key = send_key;
    event.frame = frame_of(kRoom, event.event);
    return event;
  }
  [[nodiscard]] PublishedPtr read_again(const Published& written) {
    const auto letter = parse_bus_letter(write_bus_letter(kInstance, written), reader);
    if (!letter || letter->from != kInstance) return nullptr;
    return std::get<PublishedPtr>(letter->news);
  }

  protocol::JsonReader reader;
};

TEST_F(BusLetterTest, a_message_is_read_as_it_was_written) {
  const Published written = published(protocol::MessageView{.conversation_id = kRoom,
                                                            .seq = 7,
                                                            .sender_id = kAlice,
                                                            .content = "grüße 😀 \"quoted\"\n",
                                                            .timestamp_ms = 1'700'000'000'123,
                                                            .client_id = uuid_of(9)},
                                      uuid_of(9));
  const PublishedPtr read = read_again(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->conversation_id, kRoom);
  EXPECT_EQ(read->send_key, uuid_of(9));
  EXPECT_EQ(read->frame.text(), written.frame.text()) << "what clients get is the same";
}

TEST_F(BusLetterTest, other_events_are_read_as_they_were_written) {
  const std::vector<protocol::EventDetail> details{
      protocol::Joined{.user_ids = {kAlice, kBob}, .by_user_id = kAlice},
      protocol::Left{.user_id = kBob, .by_user_id = kAlice},
      protocol::Renamed{.name = "Übung", .by_user_id = kBob}};
  for (const protocol::EventDetail& detail : details) {
    const Published written = published(detail);
    const PublishedPtr read = read_again(written);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->frame.text(), written.frame.text());
    EXPECT_FALSE(read->send_key);
  }
}

TEST_F(BusLetterTest, an_opening_names_the_members) {
  Published written;
  written.conversation_id = kRoom;
  written.opened_to = {kAlice, kBob};
  const PublishedPtr read = read_again(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->event.seq, 0);
  EXPECT_EQ(read->opened_to, written.opened_to);
}

TEST_F(BusLetterTest, passing_news_keeps_its_frame_but_not_the_session_of_another_instance) {
  const PassingPtr written = passing(
      protocol::ReceiptView{
          .conversation_id = kRoom, .user_id = kBob, .delivered_seq = 4, .read_seq = 3},
      5);
  const auto letter = parse_bus_letter(write_bus_letter(kInstance, *written), reader);
  ASSERT_TRUE(letter);
  const PassingPtr& read = std::get<PassingPtr>(letter->news);
  EXPECT_EQ(read->kind, Passing::Kind::kReceipt);
  EXPECT_EQ(read->about, kBob);
  EXPECT_EQ(read->skipped, kNoSession);
  EXPECT_EQ(read->frame.text(), written->frame.text());
}

TEST_F(BusLetterTest, a_loss_is_told_by_its_type_alone) {
  const std::string written = write_bus_letter(kInstance, LostNews());
  const auto letter = parse_bus_letter(written, reader);
  ASSERT_TRUE(letter);
  EXPECT_TRUE(std::holds_alternative<LostNews>(letter->news));
  EXPECT_FALSE(parse_bus_letter(written.substr(0, written.size() - 1), reader));
}

TEST_F(BusLetterTest, the_sender_is_told_without_reading_on) {
  const std::string letter = write_bus_letter(kInstance, published(protocol::Renamed{.name = "x"}));
  EXPECT_EQ(sender_of(letter), kInstance);
  EXPECT_EQ(sender_of(letter.substr(0, 9)), kInstance);
  EXPECT_FALSE(sender_of(letter.substr(0, 8)));
}

TEST_F(BusLetterTest, a_letter_that_was_cut_off_is_none) {
  const std::string whole = write_bus_letter(
      kInstance, published(protocol::Joined{.user_ids = {kBob}, .by_user_id = kAlice}));
  ASSERT_TRUE(parse_bus_letter(whole, reader));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_bus_letter(whole.substr(0, length), reader)) << length;
  }
  Published opened;
  opened.conversation_id = kRoom;
  opened.opened_to = {kAlice};
  const std::string opening = write_bus_letter(kInstance, opened);
  EXPECT_FALSE(parse_bus_letter(opening.substr(0, opening.size() - 1), reader));
  EXPECT_FALSE(parse_bus_letter(opening.substr(0, opening.size() - 8), reader)) << "to nobody";
}

TEST_F(BusLetterTest, another_format_kind_or_type_is_none) {
  const std::string whole =
      write_bus_letter(kInstance, published(protocol::Renamed{.name = "x", .by_user_id = kBob}));
  constexpr std::size_t kType = 17;
  constexpr std::size_t kRecord = 18;
  constexpr std::size_t kKind = kRecord + 17;
  for (const std::size_t place : {std::size_t{0}, kType, kRecord, kKind}) {
    std::string other = whole;
    other[place] = '\x7f';
    EXPECT_FALSE(parse_bus_letter(other, reader)) << place;
  }
}

}  // namespace
}  // namespace ringtalk::app::chat::testing
