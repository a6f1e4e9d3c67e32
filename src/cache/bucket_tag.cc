#include "cache/bucket_tag.h"

#include <array>
#include <cstddef>

#include "reactor/result.h"

namespace ringtalk::cache {
namespace {

constexpr std::size_t kTagBytes = 3;
constexpr unsigned kSlotsPerBucket = 4;
constexpr unsigned kSlots = 16'384;
static_assert(kBuckets * kSlotsPerBucket == kSlots);

using Tags = std::array<std::array<char, kTagBytes>, kBuckets>;

// CRC-16/XMODEM, as the Redis Cluster specification has it.
constexpr std::uint16_t crc_after(std::uint16_t crc, char next) {
  crc = static_cast<std::uint16_t>(crc ^ (static_cast<unsigned char>(next) << 8));
  for (int bit = 0; bit < 8; ++bit) {
    const bool carry = (crc & 0x8000) != 0;
    crc = static_cast<std::uint16_t>(crc << 1);
    if (carry) crc ^= 0x1021;
  }
  return crc;
}

// The first tag of each slot in this order of characters. Three of them are just enough: with 36
// characters 26 buckets would find none. Takes a millisecond, once.
Tags make_tags() {
  constexpr std::string_view kCharacters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  Tags tags{};
  std::int64_t found = 0;
  for (const char first : kCharacters) {
    const std::uint16_t after_first = crc_after(0, first);
    for (const char second : kCharacters) {
      const std::uint16_t after_second = crc_after(after_first, second);
      for (const char third : kCharacters) {
        const unsigned slot = crc_after(after_second, third) % kSlots;
        auto& tag = tags[slot / kSlotsPerBucket];
        if (slot % kSlotsPerBucket != 0 || tag[0] != '\0') continue;
        tag = {first, second, third};
        ++found;
      }
    }
  }
  RINGTALK_ASSERT(found == kBuckets, "a bucket has no tag");
  return tags;
}

}  // namespace

std::string_view bucket_tag(std::int64_t id) {
  static const Tags tags = make_tags();
  const auto& tag = tags[static_cast<std::size_t>(bucket_of(id))];
  return {tag.data(), tag.size()};
}

}  // namespace ringtalk::cache
