#include "ws/message_assembler.h"

#include <gtest/gtest.h>

#include <string>

#include "frames.h"

namespace ringtalk::ws {
namespace {

// First bytes of frames.
constexpr int kTextBegins = 0x01;
constexpr int kBinaryBegins = 0x02;
constexpr int kGoesOn = 0x00;
constexpr int kEnds = 0x80;
constexpr int kBinary = 0x82;
constexpr int kPing = 0x89;
constexpr int kPong = 0x8A;

/// An assembler and what it said.
struct Peer {
  explicit Peer(AssemblerOptions options = {}) : assembler(options) {}

  void send(std::string_view piece) { feed(assembler, piece, trace); }

  MessageAssembler assembler;
  Trace trace;
};

TEST(MessageAssembler, a_message_that_lies_whole_in_the_input_is_a_view_of_it) {
  MessageAssembler assembler;
  std::string input = frame(std::string(1000, 'x'));
  auto rest = std::as_writable_bytes(std::span(input));
  const auto message = std::get<Message>(assembler.next(rest));
  EXPECT_EQ(message.payload.data(), input.data() + 8);
  EXPECT_EQ(assembler.buffer_bytes(), 0U);
}

TEST(MessageAssembler, a_message_in_pieces_is_gathered_and_its_buffer_freed_after) {
  const std::string whole = frame(std::string(1000, 'x'));
  Peer peer;
  peer.send(whole.substr(0, 500));
  EXPECT_TRUE(peer.assembler.is_in_message());
  EXPECT_GE(peer.assembler.buffer_bytes(), 492U);
  peer.send(whole.substr(500));
  EXPECT_EQ(peer.trace, Trace{"text:<1000 bytes>"});
  EXPECT_FALSE(peer.assembler.is_in_message());
  EXPECT_EQ(peer.assembler.buffer_bytes(), 0U);
}

TEST(MessageAssembler, an_announced_length_takes_no_memory_before_its_bytes_come) {
  Peer peer;
  peer.send(frame(std::string(65536, 'x')).substr(0, 14 + 100));
  EXPECT_LE(peer.assembler.buffer_bytes(), 256U);
}

TEST(MessageAssembler, many_frames_in_one_input) {
  expect_events(frame("one") + frame("two", kBinary) + frame("", kPing) + frame("three"),
                {"text:one", "binary:two", "ping:", "text:three"});
}

TEST(MessageAssembler, control_frames_between_fragments_keep_the_message) {
  expect_events(frame("Hel", kTextBegins) + frame("are you there?", kPing) + frame("l", kGoesOn) +
                    frame("", kPong) + frame("o", kEnds),
                {"ping:are you there?", "pong:", "text:Hello"});
}

TEST(MessageAssembler, messages_may_be_empty_in_any_number_of_fragments) {
  expect_events(frame(""), {"text:"});
  expect_events(frame("", kBinaryBegins) + frame("", kGoesOn) + frame("", kEnds), {"binary:"});
  expect_events(frame("", kTextBegins) + frame("middle", kGoesOn) + frame("", kEnds),
                {"text:middle"});
}

TEST(MessageAssembler, takes_64_kib_and_closes_with_1009_one_byte_past_it) {
  expect_events(frame(std::string(65536, 'x')), {"text:<65536 bytes>"});
  expect_events(frame(std::string(65537, 'x')), {"error:1009"});
}

TEST(MessageAssembler, counts_the_limit_over_fragments) {
  const AssemblerOptions options{.message_bytes_max = 10};
  expect_events(frame("12345", kTextBegins) + frame("67890", kEnds), {"text:1234567890"}, options);
  expect_events(frame("12345", kTextBegins) + frame("678901", kEnds), {"error:1009"}, options);
  expect_events(frame("1234567890", kTextBegins) + frame("", kPing) + frame("", kEnds),
                {"ping:", "text:1234567890"}, options);
}

TEST(MessageAssembler, counts_the_limit_anew_for_each_message) {
  const AssemblerOptions options{.message_bytes_max = 3};
  expect_events(frame("one") + frame("two"), {"text:one", "text:two"}, options);
}

TEST(MessageAssembler, closes_with_1009_on_the_header_alone) {
  Peer peer;
  peer.send(frame(std::string(65537, 'x')).substr(0, 14));
  EXPECT_EQ(peer.trace, Trace{"error:1009"});
}

TEST(MessageAssembler, closes_with_1009_on_a_length_of_63_bits) {
  Peer peer;
  peer.send(frame("begun", kTextBegins) +
            bytes({kEnds, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0}));
  EXPECT_EQ(peer.trace, Trace{"error:1009"});
}

TEST(MessageAssembler, takes_a_message_of_16_mib_where_that_is_the_limit) {
  constexpr std::size_t kSize = 16 * 1024 * 1024;
  const AssemblerOptions options{.message_bytes_max = kSize};
  const std::string input = frame(std::string(kSize, 'x'), kBinary);
  Peer peer(options);
  for (std::size_t at = 0; at < input.size(); at += 65536) {
    peer.send(std::string_view(input).substr(at, 65536));
  }
  EXPECT_EQ(peer.trace, Trace{"binary:<16777216 bytes>"});
  EXPECT_EQ(peer.assembler.buffer_bytes(), 0U);
  EXPECT_EQ(assemble(frame(std::string(kSize + 1, 'x'), kBinary), options), Trace{"error:1009"});
}

/// A message of `count` frames of one byte.
std::string fragments(std::size_t count) {
  std::string input = frame("x", kTextBegins);
  for (std::size_t i = 2; i < count; ++i) input += frame("x", kGoesOn);
  return input + frame("x", kEnds);
}

TEST(MessageAssembler, takes_1024_fragments_and_closes_with_1008_past_them) {
  EXPECT_EQ(assemble(fragments(1024)), Trace{"text:<1024 bytes>"});
  EXPECT_EQ(assemble(fragments(1025)), Trace{"error:1008"});
  EXPECT_EQ(assemble(fragments(1024) + fragments(1024)),
            (Trace{"text:<1024 bytes>", "text:<1024 bytes>"}))
      << "counted for each message";
}

TEST(MessageAssembler, takes_any_number_of_fragments_where_there_is_no_limit) {
  EXPECT_EQ(assemble(fragments(20000), {.message_fragments_max = kUnlimitedFragments}),
            Trace{"text:<20000 bytes>"});
}

TEST(MessageAssembler, closes_with_1007_at_the_first_invalid_byte_of_an_unfinished_frame) {
  const std::string whole = frame("κόσμε\xf4\x90\x80\x80 and more", kTextBegins);
  const std::size_t up_to_f4 = 6 + std::string_view("κόσμε").size() + 1;
  Peer peer;
  peer.send(whole.substr(0, up_to_f4));
  EXPECT_EQ(peer.trace, Trace{}) << "f4 may begin a character";
  peer.send(whole.substr(up_to_f4, 1));
  EXPECT_EQ(peer.trace, Trace{"error:1007"}) << "f4 90 may not";
}

TEST(MessageAssembler, an_unfinished_character_does_not_reach_into_the_next_message) {
  expect_events(frame("\xe2\x82", kTextBegins) + frame("", kEnds), {"error:1007"});
  expect_events(frame("\xe2\x82", kBinary) + frame("plain"), {"binary:\xe2\x82", "text:plain"});
}

TEST(MessageAssembler, binary_messages_may_hold_anything) {
  expect_events(frame("\xff\xfe", kBinaryBegins) + frame("\x80", kEnds), {"binary:\xff\xfe\x80"});
}

TEST(MessageAssembler, swallows_everything_after_a_close) {
  expect_events(close_frame(1000, "bye") + frame("late") + frame("", kPing), {"close:1000:bye"});
}

TEST(MessageAssembler, swallows_everything_after_an_error) {
  expect_events(frame("", 0x83) + frame("late") + close_frame(1000), {"error:1002"});
}

TEST(MessageAssembler, holds_no_buffer_after_an_error_or_a_close) {
  Peer broken;
  broken.send(frame(std::string(1000, 'x'), kTextBegins));
  EXPECT_GT(broken.assembler.buffer_bytes(), 0U);
  broken.send(frame("", kTextBegins));
  EXPECT_EQ(broken.trace, Trace{"error:1002"});
  EXPECT_EQ(broken.assembler.buffer_bytes(), 0U);

  Peer closed;
  closed.send(frame(std::string(1000, 'x'), kTextBegins) + close_frame(1000));
  EXPECT_EQ(closed.trace, Trace{"close:1000:"});
  EXPECT_EQ(closed.assembler.buffer_bytes(), 0U);
}

TEST(MessageAssembler, reads_a_server_as_a_client) {
  expect_events(frame("Hel", {.first = kTextBegins, .is_masked = false}) +
                    frame("now", {.first = kPing, .is_masked = false}) +
                    frame("lo", {.first = kEnds, .is_masked = false}),
                {"ping:now", "text:Hello"}, {.role = Role::kClient});
  expect_events(frame("Hello"), {"error:1002"}, {.role = Role::kClient});
}

}  // namespace
}  // namespace ringtalk::ws
