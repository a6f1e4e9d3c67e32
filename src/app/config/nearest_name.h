// The name that somebody probably meant.
// Pure functions, main thread; for messages about unknown flags, variables and keys.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ringtalk::app::config {

// Of `names`, the one that differs from `name` in the fewest letters (wrong, missing or too many);
// empty when that would be more than 2 letters and more than a third of them.
std::string nearest_name(std::string_view name, std::span<const std::string> names);

// "; did you mean --port?", or nothing when no name is near.
std::string suggestion(std::string_view name, std::span<const std::string> names);

}  // namespace ringtalk::app::config
