// Small forms of the Autobahn test suite's sections 1 to 7 and 9, each fed at once, byte by byte
// and cut at every place. Case numbers are Autobahn's.
#include <gtest/gtest.h>

#include <string>

#include "frames.h"

namespace ringtalk::ws {
namespace {

TEST(Autobahn, section_1_messages_of_every_length_form) {
  for (const std::size_t size : {0U, 125U, 126U, 127U, 128U, 65535U, 65536U}) {
    const std::string payload(size, '*');
    const std::string shown = size > 200 ? "<" + std::to_string(size) + " bytes>" : payload;
    expect_events(frame(payload), {"text:" + shown});
    expect_events(frame(payload, 0x82), {"binary:" + shown});
  }
}

TEST(Autobahn, section_2_pings_and_pongs) {
  expect_events(frame("", 0x89), {"ping:"});                                           // 2.1
  expect_events(frame("Hello, world!", 0x89), {"ping:Hello, world!"});                 // 2.2
  const std::string binary = bytes({0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff});  // 2.3
  expect_events(frame(binary, 0x89), {"ping:" + binary});
  expect_events(frame(std::string(125, '\xfe'), 0x89), {"ping:" + std::string(125, '\xfe')});
  expect_events(frame(std::string(126, '\xfe'), 0x89), {"error:1002"});  // 2.5
  expect_events(frame("unsolicited", 0x8A) + frame("ping", 0x89),        // 2.9
                {"pong:unsolicited", "ping:ping"});

  std::string pings;  // 2.10
  Trace expected;
  for (int i = 0; i < 10; ++i) {
    pings += frame("payload-" + std::to_string(i), 0x89);
    expected.push_back("ping:payload-" + std::to_string(i));
  }
  expect_events(pings, expected);
}

TEST(Autobahn, section_3_reserved_bits) {
  for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70}) {
    for (const int opcode : {0x1, 0x2, 0x8, 0x9, 0xA}) {
      expect_events(frame("good") + frame("bad", 0x80 | bits | opcode) + frame("", 0x89),
                    {"text:good", "error:1002"});
    }
  }
}

TEST(Autobahn, section_4_reserved_opcodes) {
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    expect_events(frame("good") + frame("bad", 0x80 | opcode) + frame("", 0x89),
                  {"text:good", "error:1002"});
  }
}

TEST(Autobahn, section_5_fragments) {
  expect_events(frame("frag", 0x09) + frame("ment", 0x80), {"error:1002"});     // 5.1
  expect_events(frame("frag", 0x0A) + frame("ment", 0x80), {"error:1002"});     // 5.2
  expect_events(frame("frag", 0x01) + frame("ment", 0x80), {"text:fragment"});  // 5.3
  expect_events(frame("frag", 0x01) + frame("ping", 0x89) + frame("ment", 0x80),
                {"ping:ping", "text:fragment"});                        // 5.6
  expect_events(frame("lost", 0x80) + frame("Hello"), {"error:1002"});  // 5.9
  expect_events(frame("lost", 0x00) + frame("Hello"), {"error:1002"});  // 5.12
  expect_events(frame("whole") + frame("lost", 0x80), {"text:whole", "error:1002"});
  expect_events(frame("a", 0x01) + frame("b", 0x80) + frame("lost", 0x00),  // 5.15
                {"text:ab", "error:1002"});
  expect_events(frame("one", 0x01) + frame("two"), {"error:1002"});  // 5.18
  expect_events(frame("f1", 0x01) + frame("f2", 0x00) + frame("ping 1", 0x89) + frame("f3", 0x00) +
                    frame("f4", 0x00) + frame("ping 2", 0x89) + frame("f5", 0x80),
                {"ping:ping 1", "ping:ping 2", "text:f1f2f3f4f5"});  // 5.19
}

TEST(Autobahn, section_6_utf_8) {
  const std::string text = "Hello-µ@ßöäüàá-UTF-8!!";
  expect_events(frame(text), {"text:" + text});           // 6.2.1
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {  // 6.2.2 to 6.2.4
    const auto [first, second] = std::pair(text.substr(0, cut), text.substr(cut));
    EXPECT_EQ(assemble(frame(first, 0x01) + frame(second, 0x80)), Trace{"text:" + text});
  }
  const std::string bad = "κόσμε\xed\xa0\x80 edited";
  expect_events(frame(bad), {"error:1007"});             // 6.3.1
  for (std::size_t cut = 0; cut <= bad.size(); ++cut) {  // 6.3.2
    const auto [first, second] = std::pair(bad.substr(0, cut), bad.substr(cut));
    EXPECT_EQ(assemble(frame(first, 0x01) + frame(second, 0x80)), Trace{"error:1007"});
  }
  for (const std::string_view whole :
       {"\xce\xba\xe1\xbd\xb9", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
    expect_events(frame(whole), {"text:" + std::string(whole)});              // 6.6, 6.7, 6.9
    expect_events(frame(whole.substr(0, whole.size() - 1)), {"error:1007"});  // 6.8
  }
}

TEST(Autobahn, section_7_closes) {
  expect_events(close_frame(1000) + frame("late"), {"close:1000:"});            // 7.1.3
  expect_events(close_frame(1000) + close_frame(1000), {"close:1000:"});        // 7.1.2
  expect_events(frame("frag", 0x01) + close_frame(1000) + frame("ment", 0x80),  // 7.1.5
                {"close:1000:"});
  expect_events(frame("", 0x88), {"close:1005:"});                                // 7.3.1
  expect_events(frame("\x03", 0x88), {"error:1002"});                             // 7.3.2
  expect_events(close_frame(1000, "Hello World!"), {"close:1000:Hello World!"});  // 7.3.4
  const std::string reason(123, '*');
  expect_events(close_frame(1000, reason), {"close:1000:" + reason});     // 7.3.5
  expect_events(close_frame(1000, reason + "*"), {"error:1002"});         // 7.3.6
  expect_events(close_frame(1000, "κόσμε\xed\xa0\x80"), {"error:1007"});  // 7.5.1
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999}) {
    expect_events(close_frame(code), {"close:" + std::to_string(code) + ":"});  // 7.7
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    expect_events(close_frame(code, "reason"), {"error:1002"});  // 7.9
  }
}

TEST(Autobahn, section_9_large_messages_in_fragments_and_pieces) {
  const std::string payload(65536, '*');
  for (const std::size_t fragment : {64U, 256U, 1024U, 4096U}) {
    std::string input;
    for (std::size_t at = 0; at < payload.size(); at += fragment) {
      const bool is_last = at + fragment == payload.size();
      const int first = (at == 0 ? 0x02 : 0x00) | (is_last ? 0x80 : 0x00);
      input += frame(payload.substr(at, fragment), first);
    }
    EXPECT_EQ(assemble(input), Trace{"binary:<65536 bytes>"}) << fragment;  // 9.3, 9.4
  }
  const std::string input = frame(payload);
  for (const std::size_t piece : {64U, 128U, 512U, 2048U}) {  // 9.5, 9.6
    std::vector<std::size_t> cuts;
    for (std::size_t cut = piece; cut < input.size(); cut += piece) cuts.push_back(cut);
    EXPECT_EQ(assemble(input, {}, cuts), Trace{"text:<65536 bytes>"}) << piece;
  }
}

}  // namespace
}  // namespace ringtalk::ws
