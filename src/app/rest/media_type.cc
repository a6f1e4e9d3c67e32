#include "app/rest/media_type.h"

#include "http/text.h"

namespace ringtalk::app::rest {

bool may_be_json(const http::Request& request) {
  const auto type = request.header("Content-Type");
  if (!type) return request.body.empty();
  const std::string_view essence = http::trim_blanks(type->substr(0, type->find(';')));
  return http::equals_ignoring_case(essence, "application/json");
}

}  // namespace ringtalk::app::rest
