#include "reactor/log_record.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

#include "reactor/result.h"

namespace ringtalk::reactor {
namespace {

constexpr std::size_t kFlagsAt = sizeof(std::int64_t) + 1;
constexpr std::byte kCutFlag{1};
using LogValue = decltype(LogField::value);

class Packer {
 public:
  explicit Packer(std::span<std::byte> room) : room_(room) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t left() const { return room_.size() - size_; }

  template <class T>
  void put(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(room_.data() + size_, &value, sizeof value);
    size_ += sizeof value;
  }
  template <class Length>
  void put_text(std::string_view text) {
    put(static_cast<Length>(text.size()));
    if (!text.empty()) std::memcpy(room_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }

 private:
  std::span<std::byte> room_;
  std::size_t size_ = 0;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

  template <class T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  template <class Length>
  [[nodiscard]] std::string_view get_text() {
    const std::span<const std::byte> text = take(get<Length>());
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  }

 private:
  std::span<const std::byte> take(std::size_t size) {
    RINGTALK_ASSERT(size <= bytes_.size(), "a log record is shorter than it says");
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  std::span<const std::byte> bytes_;
};

struct Shortened {
  std::string_view text;
  bool cut;
};

// Not in the middle of a character: steps back over UTF-8 continuation bytes.
Shortened shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return {text, false};
  std::size_t size = bytes_max;
  while (size > bytes_max - 4 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return {text.substr(0, size), true};
}

std::size_t packed_size(std::string_view name, const LogValue& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  return 1 + name.size() + 1 + (text != nullptr ? 2 + text->size() : 8);
}

void put_field(Packer& packer, std::string_view name, const LogValue& value) {
  packer.put_text<std::uint8_t>(name);
  packer.put(static_cast<std::uint8_t>(value.index()));
  std::visit(
      [&packer](auto plain) {
        using Plain = decltype(plain);
        if constexpr (std::is_same_v<Plain, std::string_view>) {
          packer.put_text<std::uint16_t>(plain);
        } else if constexpr (std::is_same_v<Plain, bool>) {
          packer.put(static_cast<std::uint64_t>(plain));
        } else {
          packer.put(plain);
        }
      },
      value);
}

LogField get_field(Unpacker& unpacker) {
  const std::string_view name = unpacker.get_text<std::uint8_t>();
  switch (unpacker.get<std::uint8_t>()) {
    case 0:
      return {name, unpacker.get<std::int64_t>()};
    case 1:
      return {name, unpacker.get<std::uint64_t>()};
    case 2:
      return {name, unpacker.get<double>()};
    case 3:
      return {name, unpacker.get<std::uint64_t>() != 0};
    default:
      return {name, unpacker.get_text<std::uint16_t>()};
  }
}

static_assert(
    std::is_same_v<LogValue,
                   std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view>>,
    "get_field() knows the kinds by their index");

}  // namespace

std::span<const std::byte> pack(const LogCall& call, std::span<std::byte> room) {
  RINGTALK_ASSERT(room.size() >= kLogRecordBytesMax, "a log record needs its room");
  Packer packer(room.first(kLogRecordBytesMax));
  packer.put(call.unix_milliseconds);
  packer.put(call.level);
  packer.put(std::byte{0});  // the flags, known at the end

  auto [event, cut] = shorten(call.event, kLogTextBytesMax);
  packer.put_text<std::uint16_t>(event);
  for (const LogField& field : call.fields) {
    const Shortened name = shorten(field.name, kLogNameBytesMax);
    LogValue value = field.value;
    if (auto* text = std::get_if<std::string_view>(&value)) {
      const Shortened shortened = shorten(*text, kLogTextBytesMax);
      *text = shortened.text;
      cut |= shortened.cut;
    }
    if (packed_size(name.text, value) > packer.left()) {
      cut = true;
      break;
    }
    put_field(packer, name.text, value);
  }
  if (cut) room[kFlagsAt] = kCutFlag;
  return room.first(packer.size());
}

void unpack(std::span<const std::byte> bytes, LogRecord& record) {
  Unpacker unpacker(bytes);
  record.unix_milliseconds = unpacker.get<std::int64_t>();
  record.level = unpacker.get<LogLevel>();
  record.cut = unpacker.get<std::byte>() == kCutFlag;
  record.event = unpacker.get_text<std::uint16_t>();
  record.fields.clear();
  while (!unpacker.at_end()) record.fields.push_back(get_field(unpacker));
}

}  // namespace ringtalk::reactor
