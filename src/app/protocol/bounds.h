// The bounds that the contract sets to what a client may say, and the server to what it answers.
// Constants; app/limits.h builds on them. Lengths of text are in code points, sizes in bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringtalk::app::protocol {

// Text.
inline constexpr std::size_t kUserNameMax = 64;
inline constexpr std::size_t kEmailMax = 254;  // RFC 5321 §4.5.3.1.3, less the angle brackets
inline constexpr std::size_t kEmailLocalPartMax = 64;
inline constexpr std::size_t kPasswordMin = 8;
inline constexpr std::size_t kPasswordMax = 128;
inline constexpr std::size_t kConversationNameMax = 128;
inline constexpr std::size_t kContentMax = 4096;
inline constexpr std::size_t kRefMax = 64;
inline constexpr std::size_t kTokenBytesMax = 4096;  // a JWT of ours has about 300
inline constexpr std::size_t kCursorBytesMax = 128;
inline constexpr std::size_t kRequestIdBytesMax = 64;

// POST /v1/test/users. Behind the prefix of a name stands a number of up to four digits.
inline constexpr std::int64_t kTestUsersMax = 1000;
inline constexpr std::size_t kTestNamePrefixMax = kUserNameMax - 4;

// Members.
inline constexpr std::size_t kMembersMax = 1000;
inline constexpr std::size_t kMembersNamedMax = kMembersMax - 1;  // the creator comes by himself
inline constexpr std::size_t kWatchedUsersMax = 200;

// JSON from a client, be it a body or a WebSocket message.
inline constexpr std::size_t kJsonBytesMax = 64 * 1024;
inline constexpr std::size_t kJsonDepthMax = 16;  // the outermost object is the first

// Pages.
struct PageBounds {
  std::int64_t limit_max = 0;
  std::int64_t limit_default = 0;
};
inline constexpr PageBounds kUserPage{.limit_max = 50, .limit_default = 20};
inline constexpr PageBounds kConversationPage{.limit_max = 100, .limit_default = 50};
inline constexpr PageBounds kMessagePage{.limit_max = 100, .limit_default = 20};
inline constexpr PageBounds kEventPage{.limit_max = 200, .limit_default = 100};
inline constexpr std::size_t kReadyConversationsMax = 1000;

// A page or batch is cut where the next item would pass this, whatever its limit allows.
inline constexpr std::size_t kPageBytesMax = 512 * 1024;

// The longest item must fit alone, or a cut page would be empty and its reader stand still.
// At worst each code point of text is written as six bytes (\u0001), and an id takes 22 with
// its quotes and comma.
inline constexpr std::size_t kMessageJsonBytesMax = 6 * kContentMax + 512;
inline constexpr std::size_t kConversationJsonBytesMax =
    kMessageJsonBytesMax + 22 * kMembersMax + 6 * kConversationNameMax + 512;
static_assert(kConversationJsonBytesMax + 1024 < kPageBytesMax);
// A message of the longest content can be sent: escaped it still fits a body.
static_assert(kMessageJsonBytesMax < kJsonBytesMax);
static_assert(22 * kMembersNamedMax + 1024 < kJsonBytesMax);

}  // namespace ringtalk::app::protocol
