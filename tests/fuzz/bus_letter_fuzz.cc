// parse_bus_letter under arbitrary bytes, as Redis could hand them over.
// What must hold: nothing crashes; a letter that was read has what its type promises, and is the
// same when it is written out and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "app/chat/bus_letter.h"

namespace ringtalk::app::chat {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_published(InstanceId from, const Published& read, protocol::JsonReader& reader) {
  require(read.conversation_id.value > 0);
  require((read.event.seq > 0) != !read.opened_to.empty());
  require(read.frame.empty() == (read.event.seq == 0));
  const auto again = parse_bus_letter(write_bus_letter(from, read), reader);
  require(again.has_value() && again->from == from);
  const PublishedPtr& same = std::get<PublishedPtr>(again->news);
  require(same->frame.text() == read.frame.text() && same->send_key == read.send_key);
  require(same->opened_to == read.opened_to);
}

void check_passing(InstanceId from, const Passing& read, protocol::JsonReader& reader) {
  require(read.conversation_id.value > 0 && !read.frame.empty() && read.skipped == kNoSession);
  const auto again = parse_bus_letter(write_bus_letter(from, read), reader);
  require(again.has_value());
  require(std::get<PassingPtr>(again->news)->frame.text() == read.frame.text());
}

void check(std::string_view bytes, protocol::JsonReader& reader) {
  const auto letter = parse_bus_letter(bytes, reader);
  if (!letter) return;
  require(sender_of(bytes) == letter->from);
  if (const auto* published = std::get_if<PublishedPtr>(&letter->news)) {
    check_published(letter->from, **published, reader);
  } else if (const auto* passing = std::get_if<PassingPtr>(&letter->news)) {
    check_passing(letter->from, **passing, reader);
  }
}

}  // namespace
}  // namespace ringtalk::app::chat

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ringtalk::app::protocol::JsonReader reader;
  ringtalk::app::chat::check({reinterpret_cast<const char*>(data), size}, reader);
  return 0;
}
