// Fuzzes what the room cache parses by itself: the URL of Redis and the names of channels. What is
// taken keeps the promises of the headers; what is refused says why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cache/keys.h"
#include "cache/redis_url.h"

namespace ringtalk::cache {
namespace {

void require(bool is_true) {
  if (!is_true) std::abort();
}

void check_url(std::string_view url) {
  const reactor::Result<RedisOptions> options = parse_redis_url(url);
  if (!options) {
    require(options.error().kind == reactor::ErrorKind::kInvalid);
    require(!options.error().detail.empty());
    return;
  }
  require(!options->host.empty() && options->port != 0 && options->database >= 0);
  require(options->unix_path.empty() || options->unix_path.starts_with('/'));
  require(options->user.empty() || !options->password.empty());
}

void check_channel(std::string_view name) {
  const auto channel = parse_channel(name);
  if (!channel) return;
  switch (channel->kind) {
    case ChannelKind::kConversation:
      return require(conversation_channel(channel->id) == name);
    case ChannelKind::kUser:
      return require(user_channel(channel->id) == name);
    case ChannelKind::kPresence:
      return require(presence_channel(channel->id) == name);
  }
}

}  // namespace
}  // namespace ringtalk::cache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ringtalk::cache::check_url(text);
  ringtalk::cache::check_channel(text);
  return 0;
}
