#include "cache/keys.h"

#include <fmt/format.h>

#include <charconv>

#include "cache/bucket_tag.h"

namespace ringtalk::cache {
namespace {

std::string channel_name(ChannelKind kind, std::int64_t id) {
  return fmt::format("{}{{{}}}:{}", static_cast<char>(kind), bucket_tag(id), id);
}

}  // namespace

std::string conversation_channel(std::int64_t conversation_id) {
  return channel_name(ChannelKind::kConversation, conversation_id);
}

std::string user_channel(std::int64_t user_id) {
  return channel_name(ChannelKind::kUser, user_id);
}

std::string presence_channel(std::int64_t user_id) {
  return channel_name(ChannelKind::kPresence, user_id);
}

std::optional<ChannelName> parse_channel(std::string_view channel) {
  const std::size_t colon = channel.find(':');
  if (channel.empty() || colon == std::string_view::npos) return std::nullopt;
  ChannelName name{.kind = static_cast<ChannelKind>(channel.front())};
  if (name.kind != ChannelKind::kConversation && name.kind != ChannelKind::kUser &&
      name.kind != ChannelKind::kPresence) {
    return std::nullopt;
  }
  const char* end = channel.data() + channel.size();
  const auto [stop, error] = std::from_chars(channel.data() + colon + 1, end, name.id);
  if (error != std::errc() || stop != end || channel != channel_name(name.kind, name.id)) {
    return std::nullopt;
  }
  return name;
}

std::string tail_key(std::string_view epoch, std::int64_t conversation_id) {
  return fmt::format("t{{{}}}:{}:{}", bucket_tag(conversation_id), epoch, conversation_id);
}

std::string presence_key(std::int64_t user_id) {
  return fmt::format("o{{{}}}:{}", bucket_tag(user_id), user_id);
}

std::string instance_key(std::uint64_t instance) {
  return fmt::format("i:{:x}", instance);
}

std::string instances_key() {
  return "i";
}

std::string rate_key(std::string_view kind, std::int64_t id) {
  return fmt::format("r{{{}}}:{}:{}", bucket_tag(id), kind, id);
}

}  // namespace ringtalk::cache
