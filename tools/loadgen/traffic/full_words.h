// What the server says or answers, by a full parse: whatever is rare, or not written as Ringtalk
// writes it. One FullWords a thread; the results own what they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/protocol/json_reader.h"
#include "loadgen/measure/payload.h"
#include "loadgen/traffic/server_words.h"

namespace ringtalk::loadgen {

struct HeardEvent {
  std::int64_t seq = 0;
  std::optional<Payload> payload;
};

struct ReadyWord {
  struct Mark {
    std::int64_t conversation = 0;
    std::int64_t last_seq = 0;
    std::int64_t delivered_seq = 0;
  };
  std::vector<Mark> conversations;
};

struct FullEventWord {
  std::int64_t conversation = 0;
  HeardEvent event;
};

struct BatchWord {
  std::int64_t conversation = 0;
  std::vector<HeardEvent> events;
  std::int64_t last_seq = 0;
};

struct ErrorWord {
  std::optional<std::uint32_t> ref;
  std::string code;
};

struct PassingWord {};  // receipt, typing, presence, bye, …
struct StrangeWord {};  // no message of the contract

using ServerWord =
    std::variant<PassingWord, StrangeWord, ReadyWord, FullEventWord, BatchWord, AckWord, ErrorWord>;

/// A page of messages, or of events.
struct PageWord {
  std::vector<HeardEvent> items;
  std::string next_cursor;  // empty: none
  std::int64_t last_seq = 0;
};

/// What POST /v1/test/users, login and refresh tell of a user.
struct UserWord {
  std::string id, token, refresh_token;
};
struct UsersWord {
  std::vector<UserWord> users;
  std::int64_t expires_in_s = 0;
};

class FullWords {
 public:
  [[nodiscard]] ServerWord read(std::string_view text);

  // Bodies of answers; nothing when they are not what the contract says.
  [[nodiscard]] std::optional<UsersWord> users(std::string_view body);
  [[nodiscard]] std::optional<UsersWord> login(std::string_view body);
  /// A string member, such as the "id" of what was made, or the "code" of a problem.
  [[nodiscard]] std::optional<std::string> text(std::string_view body, std::string_view member);
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view body, std::string_view member);
  [[nodiscard]] std::optional<PageWord> page(std::string_view body);

 private:
  app::protocol::JsonReader reader_;
};

}  // namespace ringtalk::loadgen
