// Is what a request brings announced as JSON? (RFC 9110 §8.3: type and subtype without case,
// parameters such as a charset do not matter, JSON is always UTF-8.) A pure function; any thread.
#pragma once

#include "http/message.h"

namespace ringtalk::app::rest {

/// True as well for a request without any body and Content-Type: what it lacks is JSON, and that is
/// what it shall hear.
[[nodiscard]] bool may_be_json(const http::Request& request);

}  // namespace ringtalk::app::rest
