// The rules for text that a client gives: names, addresses, passwords, content.
// Pure functions over valid UTF-8, any thread. Each says in words what is wrong ("must be …"), or
// nothing. Lengths are in code points.
//
// Where the contract is silent: a name holds no control characters (Unicode category Cc, line and
// paragraph separator) and is not all blank, but is stored as it was given, blanks at its ends and
// all. An address may hold any other character of Unicode; passwords and content may hold any at
// all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringtalk::app::protocol {

using Fault = std::optional<std::string>;
using TextRule = Fault (*)(std::string_view);

Fault user_name_fault(std::string_view name);
Fault test_name_prefix_fault(std::string_view prefix);  // with a number it is a user name
Fault conversation_name_fault(std::string_view name);
// One `@`, a local part of 1..64, a domain of two or more non-empty labels, no blanks or controls.
Fault email_fault(std::string_view email);
Fault password_fault(std::string_view password);
Fault content_fault(std::string_view content);
Fault message_type_fault(std::string_view type);
Fault ref_fault(std::string_view ref);
Fault no_fault(std::string_view text);

// The form in which addresses are compared: A-Z become a-z, nothing else changes.
std::string fold_email(std::string_view email);

std::size_t count_code_points(std::string_view text);

}  // namespace ringtalk::app::protocol
