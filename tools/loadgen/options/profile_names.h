// The profiles by name: what each does, in a line, and how it is called. Constant tables.
// Which options a profile takes stands in option_table.h.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "loadgen/plan.h"

namespace ringtalk::loadgen {

struct ProfileWords {
  Profile profile;
  std::string_view name;
  std::string_view summary;
  std::string_view rate_of;                  // "messages": what --rate counts
  std::string_view default_series;           // of --find-max "p99<20ms"
  std::array<std::string_view, 3> examples;  // arguments behind the name; empty: no more
};

inline constexpr std::size_t kProfileCount = 11;
[[nodiscard]] const std::array<ProfileWords, kProfileCount>& profiles();
[[nodiscard]] const ProfileWords& words_of(Profile profile);
[[nodiscard]] std::string_view name_of(Profile profile);
[[nodiscard]] std::optional<Profile> profile_named(std::string_view name);

}  // namespace ringtalk::loadgen
