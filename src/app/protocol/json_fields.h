// The members of a JSON object, taken out one by one with their rules; what is wrong is collected.
// On the stack of a parse function in a source file here (it brings simdjson along); one thread.
// An object and its views live until the reader's next call. An optional member may be null, which
// is the same as absent. Members that nobody asks for are ignored.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/protocol/ids.h"
#include "app/protocol/json_reader.h"
#include "app/protocol/problem.h"
#include "app/protocol/text_rules.h"

namespace ringtalk::app::protocol {

struct JsonReader::Parser {
  simdjson::dom::parser dom;
};

// The whole of `text` as an object. Errors: too_large, malformed_json, and validation_failed for
// sound JSON that is something else.
Parsed<simdjson::dom::object> read_object(JsonReader& reader, std::string_view text);

struct IntegerRange {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct CountRange {
  std::size_t min = 0;
  std::size_t max = 0;
};

class Fields {
 public:
  explicit Fields(simdjson::dom::object object) : object_(object) {}

  // Each gives the value of a member. A required one that is missing, and any that breaks its rule,
  // is noted as an error, and something empty is given in its place.
  std::string text(std::string_view name, TextRule rule);
  std::optional<std::string> optional_text(std::string_view name, TextRule rule);
  std::int64_t integer(std::string_view name, IntegerRange range);
  std::optional<std::int64_t> optional_integer(std::string_view name, IntegerRange range);
  bool boolean(std::string_view name);
  std::optional<Uuid> optional_uuid(std::string_view name);
  ConversationId conversation_id(std::string_view name);
  // Without doubles, in the order given; `count` is that of the list as it was sent.
  // Those that are none of ours are UserId{0}; `foreign`: where their text goes, if anywhere.
  std::vector<UserId> user_ids(std::string_view name, CountRange count,
                               std::vector<std::string>* foreign = nullptr);

  void refuse(std::string_view name, std::string_view detail);
  bool is_valid() const { return errors_.empty(); }
  // Only when it is not valid; once.
  Problem problem() { return validation_problem(std::move(errors_)); }

 private:
  using Element = simdjson::dom::element;

  std::optional<Element> find(std::string_view name) const;
  std::optional<Element> find_required(std::string_view name);
  // The text where it lies; nothing when there is none, or something else, which is noted.
  std::optional<std::string_view> view(std::string_view name);

  simdjson::dom::object object_;
  std::vector<FieldError> errors_;
};

}  // namespace ringtalk::app::protocol
