// Profile `mixed`: all of it in everyday shares, of a hundred acts: 45 messages to one other, 20 to
// a group, 12 of typing, 15 of reading, 7 pages of history, and 1 connection that is lost. `soak`
// is the same with an eye on the server's memory. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class MixedProfile : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

class SoakProfile final : public MixedProfile {
 public:
  [[nodiscard]] bool watches_memory() const override { return true; }
};

/// How many of its acts are messages.
inline constexpr double kMessagesOfMixed = 0.65;
/// The driver of mixed traffic among the users of this thread who are connected.
[[nodiscard]] std::unique_ptr<Driver> make_mixed_driver(Station& station);

}  // namespace ringtalk::loadgen
