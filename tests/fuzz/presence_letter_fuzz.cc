// parse_presence_letter under arbitrary bytes. What must hold: nothing crashes; what was accepted
// is somebody, and written out again gives the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/chat/presence_letter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ringtalk::app::chat;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto letter = parse_presence_letter(bytes);
  if (!letter) return 0;
  const bool is_sound = letter->user.value > 0 && letter->last_seen_ms >= 0 &&
                        sender_of(bytes) == letter->from && write_presence_letter(*letter) == bytes;
  if (!is_sound) std::abort();
  return 0;
}
