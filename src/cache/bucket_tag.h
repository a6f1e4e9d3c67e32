// bucket_tag(): the text in braces of every key and channel that belongs to an id, so that all of
// one bucket lies in one slot of a Redis Cluster. The bucket is in the low 12 bits of the id; the
// slot of bucket b is 4·b, so that the 4,096 buckets spread evenly over the 16,384 slots.
// Any thread. The tags are a part of what instances say to each other: they never change.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringtalk::cache {

inline constexpr std::int64_t kBuckets = 4096;

[[nodiscard]] constexpr std::int64_t bucket_of(std::int64_t id) {
  return id & (kBuckets - 1);
}

/// Three letters or digits; lives for ever.
[[nodiscard]] std::string_view bucket_tag(std::int64_t id);

}  // namespace ringtalk::cache
