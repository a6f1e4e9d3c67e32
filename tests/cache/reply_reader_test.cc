#include "cache/reply_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "cache/command.h"
#include "cache/limits.h"

namespace ringtalk::cache {
namespace {

using reactor::ErrorKind;

std::string wire_of(const Command& command) {
  std::string wire;
  command.append_to(wire);
  return wire;
}

TEST(Command, is_an_array_of_bulk_strings) {
  EXPECT_EQ(wire_of(Command("SET").add("key").add(-12)),
            "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$3\r\n-12\r\n");
  EXPECT_EQ(wire_of(Command("GET").add("")), "*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
}

TEST(Command, its_size_is_no_less_than_its_wire) {
  Command command("MGET");
  for (int i = 0; i < 5'000; ++i) command.add(i);
  EXPECT_GE(command.size(), wire_of(command).size());
  EXPECT_LE(command.size(), wire_of(command).size() + 8);
}

TEST(ReplyReader, reads_the_same_however_the_bytes_are_cut) {
  const std::string wire = "*4\r\n$7\r\nmessage\r\n:-5\r\n*2\r\n$-1\r\n+OK\r\n*0\r\n-ERR no\r\n";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    ReplyReader reader;
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < wire.size(); at += piece) {
      reader.feed(std::string_view(wire).substr(at, piece));
      while (auto reply = reader.next().value()) replies.push_back(std::move(*reply));
    }
    ASSERT_EQ(replies.size(), 2U) << piece;
    const auto& elements = replies[0].elements;
    ASSERT_EQ(elements.size(), 4U);
    EXPECT_TRUE(elements[0].is_string("message"));
    EXPECT_EQ(elements[1].integer, -5);
    ASSERT_EQ(elements[2].elements.size(), 2U);
    EXPECT_EQ(elements[2].elements[0].kind, Reply::Kind::kNil);
    EXPECT_TRUE(elements[2].elements[1].is_string("OK"));
    EXPECT_EQ(elements[3].kind, Reply::Kind::kArray);
    EXPECT_TRUE(replies[1].is_error());
    EXPECT_EQ(replies[1].text, "ERR no");
  }
}

TEST(ReplyReader, an_unfinished_reply_may_be_thrown_away) {
  ReplyReader reader;
  reader.feed("*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n");
  EXPECT_FALSE(reader.next().value().has_value());
}

TEST(ReplyReader, what_is_not_resp_is_an_error_and_stays_one) {
  ReplyReader reader;
  reader.feed("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(reader.next().error().kind, ErrorKind::kProtocol);
  reader.feed("+OK\r\n");
  EXPECT_EQ(reader.next().error().kind, ErrorKind::kProtocol);
}

TEST(ReplyReader, an_array_at_its_bound_is_read_and_one_past_it_is_refused) {
  const std::size_t most = limits::kReplyElementsMax;
  ReplyReader reader;
  std::string wire = "*" + std::to_string(most) + "\r\n";
  for (std::size_t i = 0; i < most; ++i) wire += ":1\r\n";
  reader.feed(wire);
  EXPECT_EQ(reader.next().value()->elements.size(), most);
  reader.feed("*" + std::to_string(most + 1) + "\r\n");
  EXPECT_EQ(reader.next().error().kind, ErrorKind::kProtocol);
}

TEST(ReplyReader, a_reply_without_end_is_refused) {
  ReplyReader reader;
  reader.feed("$500000000\r\n");
  const std::string piece(1024UL * 1024, 'x');
  std::size_t fed = 12;
  while (fed + piece.size() <= limits::kReplyBytesMax) {
    reader.feed(piece);
    fed += piece.size();
    ASSERT_TRUE(reader.next().has_value());
  }
  reader.feed(piece);
  EXPECT_EQ(reader.next().error().kind, ErrorKind::kProtocol);
}

}  // namespace
}  // namespace ringtalk::cache
