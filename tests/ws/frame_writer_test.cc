#include "ws/frame_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "frames.h"
#include "ws/utf8.h"

namespace ringtalk::ws {
namespace {

constexpr MaskKey kKey{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

std::string header(std::uint64_t length) {
  return std::string(write_header({.opcode = Opcode::kBinary, .length = length}).text());
}

std::string written(Opcode opcode, std::string_view payload, std::optional<MaskKey> mask = {}) {
  std::string out;
  append_frame(out, opcode, payload, mask);
  return out;
}

std::string written_close(CloseCode code, std::string_view reason = {}) {
  std::string out;
  append_close(out, code, reason);
  return out;
}

TEST(FrameWriter, writes_the_examples_of_rfc_6455_section_5_7) {
  EXPECT_EQ(written(Opcode::kText, "Hello"), bytes({0x81, 0x05}) + "Hello");
  EXPECT_EQ(written(Opcode::kText, "Hello", kKey),
            bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
  EXPECT_EQ(written(Opcode::kPing, "Hello"), bytes({0x89, 0x05}) + "Hello");
  EXPECT_EQ(header(256), bytes({0x82, 0x7E, 0x01, 0x00}));
  EXPECT_EQ(header(65536), bytes({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}));
}

TEST(FrameWriter, a_frame_written_behind_a_gap_is_the_same_as_one_written_whole) {
  for (const std::size_t length : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
    const std::string payload(length, 'x');
    std::string frame(kHeaderGap, '\0');
    frame += payload;
    close_header_gap(frame, Opcode::kText);
    EXPECT_EQ(frame, written(Opcode::kText, payload)) << length;
  }
}

TEST(FrameWriter, takes_the_shortest_length_form) {
  EXPECT_EQ(header(0), bytes({0x82, 0}));
  EXPECT_EQ(header(125), bytes({0x82, 125}));
  EXPECT_EQ(header(126), bytes({0x82, 126, 0, 126}));
  EXPECT_EQ(header(65535), bytes({0x82, 126, 255, 255}));
  EXPECT_EQ(header(65536).size(), 10U);
  EXPECT_EQ(header(~std::uint64_t{0} >> 1),
            bytes({0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255}));
}

TEST(FrameWriter, writes_fragments_and_rsv1) {
  const FrameHeader first{.opcode = Opcode::kText, .length = 3, .fin = false, .rsv1 = true};
  EXPECT_EQ(write_header(first).text(), bytes({0x41, 3}));
}

TEST(FrameWriter, a_masked_header_of_a_long_frame_fills_all_14_bytes) {
  const EncodedHeader encoded = write_header({.length = 65536}, kKey);
  EXPECT_EQ(encoded.text(), bytes({0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0x37, 0xfa, 0x21, 0x3d}));
}

TEST(FrameWriter, appends_behind_what_is_there) {
  std::string out = "before";
  append_frame(out, Opcode::kText, "Hello", kKey);
  EXPECT_EQ(out, "before" + frame("Hello"));
}

TEST(FrameWriter, a_server_reads_what_a_client_writes) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 65535U, 65536U}) {
    const std::string payload(size, 'x');
    EXPECT_EQ(written(Opcode::kText, payload, kKey), frame(payload)) << size;
    EXPECT_EQ(assemble(written(Opcode::kText, payload, kKey)), assemble(frame(payload))) << size;
  }
}

TEST(FrameWriter, writes_a_close_with_code_and_reason) {
  EXPECT_EQ(written_close(CloseCode::kNormal, "bye"), bytes({0x88, 5, 0x03, 0xE8}) + "bye");
  EXPECT_EQ(written_close(CloseCode::kSlowConsumer), bytes({0x88, 2, 0x0F, 0xA8}));
  EXPECT_EQ(written_close(CloseCode::kNoStatus), bytes({0x88, 0}));
}

TEST(FrameWriter, writes_a_masked_close) {
  std::string out;
  append_close(out, CloseCode::kNormal, "bye", kKey);
  EXPECT_EQ(out, close_frame(1000, "bye"));
}

TEST(FrameWriter, cuts_a_reason_of_more_than_123_bytes) {
  const std::string bound(123, 'x');
  EXPECT_EQ(written_close(CloseCode::kNormal, bound).substr(4), bound);
  EXPECT_EQ(written_close(CloseCode::kNormal, bound + "y").substr(4), bound);
}

TEST(FrameWriter, cuts_a_reason_between_characters) {
  // Two-, three- and four-byte characters across the cut, at every phase.
  for (const std::string_view character : {"ß", "€", "😀"}) {
    for (std::size_t lead = 0; lead < 5; ++lead) {
      std::string reason(lead, 'x');
      while (reason.size() <= 130) reason += character;
      const std::string cut = written_close(CloseCode::kNormal, reason).substr(4);
      EXPECT_TRUE(is_valid_utf8(cut)) << reason;
      EXPECT_TRUE(reason.starts_with(cut));
      EXPECT_LE(cut.size(), 123U);
      EXPECT_GT(cut.size() + character.size(), 123U) << "no more than needed is cut";
    }
  }
}

TEST(CloseCode, valid_ones_are_those_of_rfc_6455_section_7_4) {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_TRUE(is_valid_close_code(static_cast<std::uint16_t>(code))) << code;
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_FALSE(is_valid_close_code(static_cast<std::uint16_t>(code))) << code;
  }
}

}  // namespace
}  // namespace ringtalk::ws
