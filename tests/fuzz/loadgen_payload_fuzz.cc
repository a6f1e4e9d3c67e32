// The load generator's payloads under arbitrary bytes, as any user of the server could write them.
// What must hold: nothing crashes; a payload that was read is the same when it is written out and
// read again, also within an event.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "loadgen/measure/payload.h"

namespace {

using namespace ringtalk::loadgen;

void require(bool holds) {
  if (!holds) std::abort();
}

bool are_same(const Payload& one, const Payload& other) {
  return one.run == other.run && one.sender == other.sender && one.number == other.number &&
         one.intended_ns == other.intended_ns;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto found = find_payload(text)) require(found->intended_ns >= 0);
  const auto payload = read_payload(text);
  if (!payload) return 0;
  std::string event = R"({"op":"event","event":{"content":")";
  append_payload(event, *payload, size % 300);
  const auto again = find_payload(event + "\"}}");
  require(again && are_same(*payload, *again));
  return 0;
}
