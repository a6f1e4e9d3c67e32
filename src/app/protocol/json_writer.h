// Writes JSON text at the end of a string, and minds commas and escapes.
// On the stack of whoever writes; one thread. It trusts its caller to open and close in pairs, to
// give valid UTF-8, and keys that need no escape (they are literals of ours).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/protocol/ids.h"

namespace ringtalk::app::protocol {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // What follows is the value of this member of the object.
  JsonWriter& key(std::string_view name);

  // Values: of the last key, or items of an array.
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& id(std::int64_t value);  // as a string, as all ids travel
  JsonWriter& id(MessageId value);
  JsonWriter& uuid(const Uuid& value);
  JsonWriter& time(std::int64_t unix_ms);  // "2026-11-23T10:00:00.123Z"
  JsonWriter& raw(std::string_view json);  // a finished value

  template <class Tag>
  JsonWriter& id(StrongId<Tag> value) {
    return id(value.value);
  }

  // Members.
  JsonWriter& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& null(std::string_view name) { return key(name).null(); }
  JsonWriter& time(std::string_view name, std::int64_t ms) { return key(name).time(ms); }
  template <class Id>
  JsonWriter& id(std::string_view name, Id value) {
    return key(name).id(value);
  }
  // A member whose value `append(out, value)` writes.
  template <class Append, class Value>
  JsonWriter& nested(std::string_view name, Append append, const Value& value) {
    key(name);
    append(out_, value);
    needs_comma_ = true;
    return *this;
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void begin_value();

  std::string& out_;
  bool needs_comma_ = false;
};

// Appends `text` in quotes. Escaped are only what RFC 8259 §7 demands: quote, backslash,
// U+0000..1F.
void append_json_text(std::string& out, std::string_view text);

}  // namespace ringtalk::app::protocol
