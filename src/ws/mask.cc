#include "ws/mask.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace ringtalk::ws {

// Eight bytes at a time. The copies are loads and stores to the compiler, which also widens the
// loop to vectors; by bytes this would be the dearest thing that a connection does.
void apply_mask(std::span<std::byte> payload, MaskKey key, std::size_t offset) {
  std::array<std::byte, sizeof(std::uint64_t)> pattern;
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = key[(offset + i) % key.size()];
  const auto pattern_word = std::bit_cast<std::uint64_t>(pattern);

  while (payload.size() >= sizeof(pattern_word)) {
    std::uint64_t word;
    std::memcpy(&word, payload.data(), sizeof(word));
    word ^= pattern_word;
    std::memcpy(payload.data(), &word, sizeof(word));
    payload = payload.subspan(sizeof(word));
  }
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] ^= pattern[i];
}

}  // namespace ringtalk::ws
