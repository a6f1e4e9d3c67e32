#include "ws/mask.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace ringtalk::ws {
namespace {

constexpr MaskKey kKey{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

std::vector<std::byte> some_bytes(std::size_t size) {
  std::vector<std::byte> made(size);
  std::uint32_t state = 1;
  for (std::byte& byte : made) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24);
  }
  return made;
}

/// RFC 6455 §5.3, word for word.
std::vector<std::byte> masked_naively(std::vector<std::byte> payload) {
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] ^= kKey[i % 4];
  return payload;
}

TEST(Mask, unmasks_the_example_of_rfc_6455_section_5_7) {
  std::vector masked{std::byte{0x7f}, std::byte{0x9f}, std::byte{0x4d}, std::byte{0x51},
                     std::byte{0x58}};
  apply_mask(masked, kKey);
  const std::vector hello{std::byte{'H'}, std::byte{'e'}, std::byte{'l'}, std::byte{'l'},
                          std::byte{'o'}};
  EXPECT_EQ(masked, hello);
}

TEST(Mask, equals_the_naive_loop_at_every_size_and_alignment) {
  for (std::size_t size = 0; size <= 80; ++size) {
    const auto payload = some_bytes(size);
    const auto expected = masked_naively(payload);
    for (std::size_t shift = 0; shift < 8; ++shift) {
      std::vector<std::byte> room(size + shift);
      const auto place = std::span(room).subspan(shift);
      std::ranges::copy(payload, place.begin());
      apply_mask(place, kKey);
      ASSERT_TRUE(std::ranges::equal(place, expected)) << size << " bytes, shifted by " << shift;
    }
  }
}

TEST(Mask, a_payload_in_two_pieces_equals_the_whole) {
  const auto payload = some_bytes(67);
  const auto expected = masked_naively(payload);
  for (std::size_t cut = 0; cut <= payload.size(); ++cut) {
    auto pieces = payload;
    apply_mask(std::span(pieces).first(cut), kKey);
    apply_mask(std::span(pieces).subspan(cut), kKey, cut);
    ASSERT_EQ(pieces, expected) << "cut after byte " << cut;
  }
}

TEST(Mask, twice_is_as_if_never) {
  const auto payload = some_bytes(1000);
  auto twice = payload;
  apply_mask(twice, kKey, 3);
  EXPECT_NE(twice, payload);
  apply_mask(twice, kKey, 3);
  EXPECT_EQ(twice, payload);
}

}  // namespace
}  // namespace ringtalk::ws
