// How a log record looks: a line of text for people, or one JSON object (RFC 8259) a line for
// machines. Both are safe to show whatever the values hold: control characters are escaped and
// invalid UTF-8 becomes U+FFFD. Times are UTC. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "reactor/log_record.h"

namespace ringtalk::reactor {

/// `12:00:00.123 INFO  ws.closed session=7 reason="going away"`, with colours if asked for.
void append_text_line(std::string& out, const LogRecord& record, bool with_colours);

/// `{"time":"2026-11-23T12:00:00.123Z","level":"info","event":"ws.closed","session":7}`
void append_json_line(std::string& out, const LogRecord& record);

/// `text` as a JSON string with its quotes.
void append_quoted(std::string& out, std::string_view text);

}  // namespace ringtalk::reactor
