// World: who there is in a run, and who talks where: what a profile asks for (WorldPlan), and what
// set-up made of it on the server (World). Plain values; made before the threads start, then only
// read by them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringtalk::loadgen {

struct ConversationPlan {
  bool is_group = false;
  std::vector<std::uint32_t> members;  // indices of users; the first one makes it
};

struct WorldPlan {
  std::uint32_t users = 0;
  std::uint32_t connected = 0;  // the first ones of them have a WebSocket
  std::vector<ConversationPlan> conversations;
  std::uint32_t messages = 0;  // in each conversation before the run begins
};

struct User {
  std::string id;
  std::string token;
  std::string refresh_token;
};

struct Conversation {
  std::int64_t key = 0;  // its id as a number, see key_of
  std::string id;
  std::vector<std::uint32_t> members;
  std::int64_t head = 0;  // the seq of its last event when the run begins
};

struct World {
  std::uint32_t run = 0;  // marks the payloads of this run
  std::vector<User> users;
  std::uint32_t connected = 0;
  std::vector<Conversation> conversations;
  std::vector<std::vector<std::uint32_t>> conversations_of;  // by user
  std::int64_t token_lifetime_s = 0;
};

/// An id as a number to look up quickly: Ringtalk's ids are decimal numbers; any other text (ids
/// are opaque) becomes a negative hash.
[[nodiscard]] std::int64_t key_of(std::string_view id);

/// The thread that a user belongs to: people of one pair share one.
[[nodiscard]] inline std::uint32_t thread_of(std::uint32_t user, std::uint32_t threads) {
  return user / 2 % threads;
}

}  // namespace ringtalk::loadgen
