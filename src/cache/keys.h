// The names of all keys and channels in Redis: a letter for what it is, the bucket tag of the id
// that it belongs to (in braces, which makes it the hash tag of a Redis Cluster), and the id:
// `c{a3X}:123`. Pure; any thread. Instances of different versions read them of each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::cache {

// Channels
[[nodiscard]] std::string conversation_channel(std::int64_t conversation_id);
[[nodiscard]] std::string user_channel(std::int64_t user_id);
[[nodiscard]] std::string presence_channel(std::int64_t user_id);

/// What concerns every instance.
inline constexpr std::string_view kEveryoneChannel = "everyone";

enum class ChannelKind : char { kConversation = 'c', kUser = 'u', kPresence = 'p' };
struct ChannelName {
  ChannelKind kind = ChannelKind::kConversation;
  std::int64_t id = 0;

  friend bool operator==(const ChannelName&, const ChannelName&) = default;
};
/// Of a name that one of the functions above has made; else nothing.
[[nodiscard]] std::optional<ChannelName> parse_channel(std::string_view channel);

// Keys
/// `epoch` names the log that the values were taken from: a restored database has another one.
[[nodiscard]] std::string tail_key(std::string_view epoch, std::int64_t conversation_id);
[[nodiscard]] std::string presence_key(std::int64_t user_id);
/// Of a running instance, and the one that names them all. They belong to no bucket.
[[nodiscard]] std::string instance_key(std::uint64_t instance);
[[nodiscard]] std::string instances_key();
/// `kind` tells what is counted: "send", "entry".
[[nodiscard]] std::string rate_key(std::string_view kind, std::int64_t id);

}  // namespace ringtalk::cache
