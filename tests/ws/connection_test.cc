#include "ws/connection.h"

#include "connection_support.h"

namespace ringtalk::ws {
namespace {

using namespace std::chrono_literals;
using test_support::StreamKind;

class WsConnection : public ::testing::TestWithParam<StreamKind>, public SocketLab {
 protected:
  WsConnection() : SocketLab(GetParam()) {}
};
INSTANTIATE_TEST_SUITE_P(Streams, WsConnection, test_support::kAllStreams, test_support::name_of);

TEST_P(WsConnection, receives_messages_and_sends_answers) {
  echoes = true;
  peer.listen();
  peer.say(frame("one") + frame("two") + frame(bytes({0, 255}), 0x82));
  ASSERT_TRUE(
      peer.hears(server_frame("one") + server_frame("two") + server_frame(bytes({0, 255}), 0x82)));
  EXPECT_EQ(seen, Trace({"text:one", "text:two", "binary:" + bytes({0, 255})}));
}

TEST_P(WsConnection, puts_fragments_together_and_answers_a_ping_among_them) {
  peer.listen();
  peer.say(frame("one ", 0x01) + frame("still there?", 0x89) + frame("two ", 0x00) +
           frame("three", 0x80));
  ASSERT_TRUE(sees(1));
  EXPECT_EQ(seen, Trace({"text:one two three"}));
  EXPECT_TRUE(peer.hears(server_frame("still there?", 0x8A)));
}

TEST_P(WsConnection, receives_a_message_larger_than_any_chunk) {
  echoes = true;
  peer.listen();
  const std::string text(60'000, 'x');
  peer.say(frame(text));
  ASSERT_TRUE(peer.hears(server_frame(text)));
}

TEST_P(WsConnection, swallows_pongs) {
  peer.say(frame("unasked", 0x8A) + frame("hello"));
  ASSERT_TRUE(sees(1));
  EXPECT_EQ(seen, Trace({"text:hello"}));
}

TEST_P(WsConnection, keeps_what_was_read_while_the_session_does_something_else) {
  pause = 2ms;
  std::string frames;
  for (int i = 0; i < 20; ++i) frames += frame(std::to_string(i));
  peer.say(frames);
  ASSERT_TRUE(sees(20));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(seen[static_cast<std::size_t>(i)], "text:" + std::to_string(i));
  }
}

TEST_P(WsConnection, sends_shared_frames_between_its_own_in_order) {
  peer.listen();
  const reactor::SharedBytes large(server_frame(std::string(5000, 's')));
  connection->send_text("a");
  connection->send_frame(large);
  connection->send_text("b");
  const std::string expected = server_frame("a") + std::string(large.text()) + server_frame("b");
  EXPECT_EQ(connection->unsent_bytes(), expected.size());
  ASSERT_TRUE(peer.hears(expected));
  EXPECT_TRUE(pair.turn_until([&] { return connection->bytes_sent() == expected.size(); }));
}

// --- closing ---

TEST_P(WsConnection, answers_the_peers_close_with_its_code_and_ends_the_stream) {
  peer.listen();
  peer.say(frame("last") + close_frame(1000, "bye") + frame("unseen"));
  ASSERT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), server_close(1000));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kNormal);
  EXPECT_EQ(seen, Trace({"text:last"}));
}

TEST_P(WsConnection, answers_a_close_without_a_code_likewise) {
  peer.listen();
  peer.say(frame("", 0x88));
  ASSERT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), server_frame("", 0x88));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kNoStatus);
}

TEST_P(WsConnection, its_own_close_ends_with_the_peers_answer) {
  peer.listen();
  connection->send_text("first");
  connection->close(CloseCode::kRestarting, "soon back");
  connection->close(CloseCode::kNormal, "only the first call counts");
  EXPECT_TRUE(connection->is_closing());
  const std::string expected = server_frame("first") + server_close(1012, "soon back");
  ASSERT_TRUE(peer.hears(expected));
  pair.turn_for(5ms);
  EXPECT_FALSE(receiving_is_over) << "the peer has not answered";
  peer.say(close_frame(1000));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kRestarting);
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), expected);
}

TEST_P(WsConnection, says_nothing_after_its_close_frame_and_delivers_nothing) {
  peer.listen();
  connection->close(CloseCode::kNormal);
  connection->send_text("dropped");
  connection->send(Opcode::kBinary, "dropped");
  connection->send_frame(reactor::SharedBytes(server_frame("dropped")));
  peer.say(frame("came too late") + frame("unanswered", 0x89) + close_frame(1000));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), server_close(1000));
  EXPECT_TRUE(seen.empty());
}

TEST_P(WsConnection, a_violation_during_the_close_ends_it_without_a_second_close_frame) {
  peer.listen();
  connection->close(CloseCode::kNormal);
  peer.say(frame("not masked", {.is_masked = false}));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kNormal);
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), server_close(1000));
}

TEST_P(WsConnection, a_close_from_both_sides_at_once_is_one_close) {
  peer.listen();
  peer.say(close_frame(1001));
  connection->close(CloseCode::kTokenExpired);
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kTokenExpired);
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), server_close(4001));
}

TEST_P(WsConnection, a_peer_that_vanishes_is_an_abnormal_end) {
  peer.say(frame("hello") + frame("half a fra").substr(0, 7));
  ASSERT_TRUE(sees(1));
  peer.vanish();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kAbnormal);
}

TEST_P(WsConnection, a_peer_that_ends_without_a_close_frame_is_an_abnormal_end) {
  peer.listen();
  peer.say(frame("hello"));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kAbnormal);
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_EQ(peer.heard(), "");
}

TEST_P(WsConnection, a_peer_that_vanishes_during_the_close_leaves_our_code) {
  peer.listen();
  connection->close(CloseCode::kRemoved);
  ASSERT_TRUE(peer.hears(server_close(4003)));
  peer.vanish();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kRemoved);
}

TEST_P(WsConnection, a_peer_that_vanishes_wakes_who_waits_for_room) {
  const std::string large(900'000, 'x');
  connection->send_text(large);
  bool is_woken = false;
  const auto wait = [](Connection& socket, bool& woken) -> reactor::Task<void> {
    static_cast<void>(co_await socket.drained(0));
    woken = true;
  };
  const int fills = GetParam() == StreamKind::kMemory ? 1 : 16;  // of the kernel's buffers
  for (int i = 1; i < fills; ++i) {
    pair.turn_for(2ms);
    connection->send_text(large);
  }
  pair.scope().spawn(wait(*connection, is_woken));
  pair.turn_for(2ms);
  EXPECT_FALSE(is_woken);
  peer.vanish();
  EXPECT_TRUE(ends());
  EXPECT_TRUE(is_woken);
}

// --- protocol errors ---

struct Violation {
  int code = 0;
  std::string said;
};

std::vector<Violation> violations() {
  const std::string fragment = frame("", 0x00);
  std::string many = frame("", 0x01);
  for (std::uint32_t i = 0; i < kMessageFragmentsMax; ++i) many += fragment;
  return {{1002, frame("not masked", {.is_masked = false})},
          {1002, frame("reserved opcode", 0x83)},
          {1002, frame("continues nothing", 0x80)},
          {1002, frame("fragmented ping", 0x09)},
          {1002, close_frame(1005)},
          {1007, frame(bytes({0xC3, 0x28}))},
          {1009, frame(std::string(kMessageBytesMax + 1, 'x'))},
          {1008, many}};
}

class WsViolation : public ::testing::TestWithParam<std::tuple<StreamKind, std::size_t>>,
                    public SocketLab {
 protected:
  WsViolation() : SocketLab(std::get<0>(GetParam())) {}
  const Violation violation = violations()[std::get<1>(GetParam())];
};
INSTANTIATE_TEST_SUITE_P(Streams, WsViolation,
                         ::testing::Combine(test_support::kAllStreams,
                                            ::testing::Range(0UL, violations().size())));

TEST_P(WsViolation, closes_with_its_code_which_a_peer_that_goes_on_sending_can_read) {
  peer.say(frame("good") + violation.said + frame("unseen") + std::string(20'000, 'x'));
  pair.turn_for(20ms);
  peer.listen();
  ASSERT_TRUE(peer.hears_the_end());
  EXPECT_EQ(seen, Trace({"text:good"}));
  ASSERT_GE(peer.heard().size(), 4U);
  EXPECT_EQ(peer.heard()[0], static_cast<char>(0x88));
  EXPECT_EQ(peer.heard().substr(2, 2), bytes({violation.code >> 8, violation.code & 0xFF}));
  EXPECT_EQ(peer.heard().size(), 2U + static_cast<unsigned char>(peer.heard()[1]))
      << "nothing behind the close frame";
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(static_cast<int>(*code), violation.code);
}

// --- slow consumers ---

class WsSlowConsumer : public ::testing::TestWithParam<StreamKind>, public SocketLab {
 protected:
  WsSlowConsumer() : SocketLab(GetParam(), {.unsent_bytes_max = 1000}) {}
};
INSTANTIATE_TEST_SUITE_P(Streams, WsSlowConsumer, test_support::kAllStreams, test_support::name_of);

TEST_P(WsSlowConsumer, is_closed_with_4008_one_byte_past_the_bound_and_not_at_it) {
  peer.listen();
  const std::string at_bound = server_frame(std::string(996, 'x'));
  connection->send_text(std::string(996, 'x'));
  EXPECT_EQ(connection->unsent_bytes(), 1000U);
  EXPECT_FALSE(connection->is_closing());
  ASSERT_TRUE(peer.hears(at_bound));
  ASSERT_TRUE(pair.turn_until([&] { return connection->unsent_bytes() == 0; }));

  const std::string past_it = server_frame(std::string(997, 'y'));
  connection->send_frame(reactor::SharedBytes(past_it));
  EXPECT_TRUE(connection->is_closing());
  connection->send_text("dropped");
  peer.say(close_frame(4008));
  peer.finish_speaking();
  ASSERT_TRUE(ends());
  EXPECT_EQ(code, CloseCode::kSlowConsumer);
  EXPECT_TRUE(peer.hears_the_end());
  EXPECT_TRUE(peer.heard().starts_with(at_bound + past_it + bytes({0x88})));
  EXPECT_TRUE(peer.heard().contains(bytes({4008 >> 8, 4008 & 0xFF})));
}

// A peer that pings without reading the answers is one, too.
TEST_P(WsSlowConsumer, is_also_who_pings_and_does_not_read) {
  std::string pings;
  for (int i = 0; i < 10; ++i) pings += frame(std::string(125, 'p'), 0x89);
  if (GetParam() == StreamKind::kMemoryByteByByte) return;  // a pong each turn is no backlog
  peer.say(pings);
  ASSERT_TRUE(pair.turn_until([&] { return connection->is_closing(); }));
}

// --- both roles ---

class WsRoles : public ::testing::TestWithParam<StreamKind> {
 protected:
  static reactor::Task<void> echo_until_closed(Connection& socket) {
    while (const auto message = co_await socket.receive()) {
      socket.send(message->opcode, message->payload);
    }
    co_await socket.finish();
  }
  static reactor::Task<void> ask(Connection& socket, Trace& heard) {
    socket.send_text("one");
    socket.send_text(std::string(70'000, 'x').substr(0, 60'000));
    for (int i = 0; i < 2; ++i) {
      const auto message = co_await socket.receive();
      if (message) heard.push_back(describe(MessageEvent(*message)));
    }
    socket.close(CloseCode::kNormal, "done");
    EXPECT_FALSE((co_await socket.receive()).has_value());
    co_await socket.finish();
  }
};
INSTANTIATE_TEST_SUITE_P(Streams, WsRoles, test_support::kAllStreams, test_support::name_of);

TEST_P(WsRoles, a_client_and_a_server_understand_one_another) {
  test_support::StreamPair pair(GetParam());
  const ConnectionOptions server_options;
  const ConnectionOptions client_options{.assembler = {.role = Role::kClient}};
  Connection server(pair.reactor(), pair.near(), {}, server_options);
  Connection client(pair.reactor(), pair.far(), {}, client_options);
  Trace heard;
  pair.scope().spawn(echo_until_closed(server));
  pair.scope().spawn(ask(client, heard));
  test_support::join(pair.reactor(), pair.scope());
  EXPECT_EQ(heard, Trace({"text:one", "text:<60000 bytes>"}));
  EXPECT_EQ(server.close_code(), CloseCode::kNormal);
  EXPECT_EQ(client.close_code(), CloseCode::kNormal);
}

TEST(WsClient, masks_each_frame_with_a_key_of_its_own) {
  SocketLab lab(StreamKind::kMemory, {.assembler = {.role = Role::kClient}});
  lab.peer.listen();
  lab.connection->send_text("same text");
  lab.connection->send_text("same text");
  lab.connection->close(CloseCode::kNormal);
  constexpr std::size_t kFrameBytes = 2 + 4 + 9;
  ASSERT_TRUE(
      lab.pair.turn_until([&] { return lab.peer.heard().size() == 2 * kFrameBytes + 2 + 4 + 2; }));
  const std::string& heard = lab.peer.heard();
  EXPECT_EQ(assemble(heard), Trace({"text:same text", "text:same text", "close:1000:"}));
  EXPECT_NE(heard.substr(0, kFrameBytes), heard.substr(kFrameBytes, kFrameBytes));
  EXPECT_FALSE(heard.contains("same text"));
}

TEST(WsRest, begins_with_the_bytes_that_came_behind_the_handshake) {
  const std::string whole = frame("early") + frame("half early");
  SocketLab lab(StreamKind::kMemory, {}, whole.substr(0, 15));
  EXPECT_EQ(lab.seen, Trace({"text:early"}));
  lab.peer.say(whole.substr(15));
  ASSERT_TRUE(lab.sees(2));
  EXPECT_EQ(lab.seen[1], "text:half early");
}

}  // namespace
}  // namespace ringtalk::ws
