// Fields of fixed width, little-endian, in a string of bytes: what event_record and bus_letter are
// made of. Pure; any thread.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::chat {

static_assert(std::endian::native == std::endian::little, "fields are copied as they are");

template <class T>
concept ByteField = std::integral<T> || std::same_as<T, std::array<std::uint8_t, 16>>;

template <ByteField T>
void append_field(std::string& bytes, const T& field) {
  bytes.append(reinterpret_cast<const char*>(&field), sizeof(field));
}

/// Takes fields from the front; after the first that does not fit, all are missing.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  template <ByteField T>
  [[nodiscard]] T take() {
    T field{};
    if (rest_.size() < sizeof(field)) {
      is_short_ = true;
      rest_ = {};
      return field;
    }
    std::memcpy(&field, rest_.data(), sizeof(field));
    rest_.remove_prefix(sizeof(field));
    return field;
  }

  [[nodiscard]] bool is_short() const { return is_short_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

}  // namespace ringtalk::app::chat
