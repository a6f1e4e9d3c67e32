#include "ws/frame_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "frames.h"

namespace ringtalk::ws {
namespace {

/// A parser with its input at hand: next() in one word.
struct Reader {
  explicit Reader(std::string_view text, FrameParserOptions options = {})
      : parser(options), input_bytes(text) {}

  FrameEvent next() { return parser.next(input); }

  FrameHeader header() { return std::get<FrameHeader>(next()); }

  std::string payload() {
    const auto event = std::get<FramePayload>(next());
    EXPECT_TRUE(event.is_last);
    return {reinterpret_cast<const char*>(event.slice.data()), event.slice.size()};
  }

  FrameParser parser;
  std::string input_bytes;
  std::span<std::byte> input = std::as_writable_bytes(std::span(input_bytes));
};

bool wants_more(const FrameEvent& event) {
  return std::holds_alternative<NeedMore>(event);
}

/// The detail of the error that this header meets; empty: none.
std::string refusal(std::string_view text, FrameParserOptions options = {}) {
  Reader reader(text, options);
  const FrameEvent event = reader.next();
  const auto* error = std::get_if<ProtocolError>(&event);
  if (error == nullptr) return "";
  EXPECT_EQ(error->code, CloseCode::kProtocolError);
  return std::string(error->detail);
}

TEST(FrameParser, reads_the_masked_hello_of_rfc_6455_section_5_7) {
  Reader reader(bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kText, .length = 5}));
  EXPECT_EQ(reader.payload(), "Hello");
  EXPECT_TRUE(wants_more(reader.next()));
}

TEST(FrameParser, reads_unmasked_server_frames_as_a_client) {
  // The examples of §5.7: a fragmented "Hello", a ping, 256 bytes, 64 KiB.
  const std::string zeros(65536, '\0');
  Reader reader(bytes({0x01, 0x03}) + "Hel" + bytes({0x80, 0x02}) + "lo" + bytes({0x89, 0x05}) +
                    "Hello" + bytes({0x82, 0x7E, 0x01, 0x00}) + zeros.substr(0, 256) +
                    bytes({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0}) + zeros,
                {.role = Role::kClient});
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kText, .length = 3, .fin = false}));
  EXPECT_EQ(reader.payload(), "Hel");
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kContinuation, .length = 2}));
  EXPECT_EQ(reader.payload(), "lo");
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kPing, .length = 5}));
  EXPECT_EQ(reader.payload(), "Hello");
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kBinary, .length = 256}));
  EXPECT_EQ(reader.payload().size(), 256U);
  EXPECT_EQ(reader.header(), (FrameHeader{.opcode = Opcode::kBinary, .length = 65536}));
  EXPECT_EQ(reader.payload(), zeros);
}

TEST(FrameParser, payload_slices_lie_in_the_callers_buffer) {
  Reader reader(frame("Hello"));
  reader.header();
  const auto payload = std::get<FramePayload>(reader.next());
  EXPECT_EQ(static_cast<void*>(payload.slice.data()), reader.input_bytes.data() + 6);
}

TEST(FrameParser, gives_payload_as_it_comes_and_marks_the_last_slice) {
  const std::string whole = frame("Hello");
  Reader reader(whole.substr(0, 9));
  reader.header();
  EXPECT_FALSE(std::get<FramePayload>(reader.next()).is_last);
  EXPECT_EQ(reader.input_bytes.substr(6), "Hel");
  EXPECT_TRUE(wants_more(reader.next()));

  std::string rest = whole.substr(9);
  auto input = std::as_writable_bytes(std::span(rest));
  EXPECT_TRUE(std::get<FramePayload>(reader.parser.next(input)).is_last);
  EXPECT_EQ(rest, "lo");
}

TEST(FrameParser, a_frame_without_payload_has_one_empty_last_slice) {
  Reader reader(frame(""));
  EXPECT_EQ(reader.header().length, 0U);
  EXPECT_EQ(reader.payload(), "");
  EXPECT_TRUE(wants_more(reader.next()));
}

TEST(FrameParser, takes_lengths_in_longer_forms_than_needed) {
  Reader two(bytes({0x82, 126, 0, 1}) + "x", {.role = Role::kClient});
  EXPECT_EQ(two.header().length, 1U);
  Reader eight(bytes({0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1}) + "x", {.role = Role::kClient});
  EXPECT_EQ(eight.header().length, 1U);
}

TEST(FrameParser, takes_a_length_of_63_bits_and_refuses_the_64th) {
  Reader reader(bytes({0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255}),
                {.role = Role::kClient});
  EXPECT_EQ(reader.header().length, ~std::uint64_t{0} >> 1);
  EXPECT_EQ(refusal(bytes({0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}), {.role = Role::kClient}),
            "frame length has its top bit set");
}

TEST(FrameParser, refuses_a_mask_from_a_server_and_none_from_a_client) {
  EXPECT_EQ(refusal(frame("x", {.is_masked = false})), "unmasked client frame");
  EXPECT_EQ(refusal(frame("x"), {.role = Role::kClient}), "masked server frame");
}

TEST(FrameParser, refuses_reserved_opcodes) {
  for (const int opcode : {3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF}) {
    EXPECT_EQ(refusal(frame("", 0x80 | opcode)), "reserved opcode") << opcode;
  }
}

TEST(FrameParser, refuses_reserved_bits) {
  for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70}) {
    EXPECT_EQ(refusal(frame("", 0x81 | bits)), "reserved bit set") << bits;
  }
}

TEST(FrameParser, takes_rsv1_only_with_compression_and_only_where_a_message_begins) {
  const FrameParserOptions options{.compression = true};
  Reader reader(frame("x", 0xC1), options);
  EXPECT_TRUE(reader.header().rsv1);
  EXPECT_EQ(refusal(frame("x", 0xC2), options), "");
  EXPECT_EQ(refusal(frame("x", 0xC0), options), "reserved bit set") << "a continuation";
  EXPECT_EQ(refusal(frame("x", 0xC9), options), "reserved bit set") << "a ping";
  EXPECT_EQ(refusal(frame("x", 0xE1), options), "reserved bit set") << "RSV2 as well";
}

TEST(FrameParser, refuses_fragmented_and_long_control_frames) {
  for (const int opcode : {0x8, 0x9, 0xA}) {
    EXPECT_EQ(refusal(frame("x", opcode)), "fragmented control frame");
    EXPECT_EQ(refusal(frame(std::string(125, 'x'), 0x80 | opcode)), "");
    EXPECT_EQ(refusal(frame(std::string(126, 'x'), 0x80 | opcode)),
              "control frame longer than 125 bytes");
  }
}

TEST(FrameParser, refuses_on_the_first_two_bytes_and_swallows_what_comes_after) {
  Reader reader(bytes({0x83, 0x80}));
  EXPECT_TRUE(std::holds_alternative<ProtocolError>(reader.next()));
  std::string more = frame("Hello");
  auto input = std::as_writable_bytes(std::span(more));
  EXPECT_TRUE(wants_more(reader.parser.next(input)));
  EXPECT_TRUE(input.empty());
}

}  // namespace
}  // namespace ringtalk::ws
