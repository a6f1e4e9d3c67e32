// Profile `rest`: requests in everyday shares: a quarter each of GET /v1/users/me and of the list
// of conversations, three tenths pages of history, a fifth POST of a message. At the end every log
// is read and compared with what was answered 200. Stateless.
#pragma once

#include "loadgen/traffic/profile.h"

namespace ringtalk::loadgen {

class RestProfile final : public TrafficProfile {
 public:
  void fill_in(Plan& plan) const override;
  [[nodiscard]] std::optional<std::string> fault(const Plan& plan) const override;
  [[nodiscard]] WorldPlan world(const Plan& plan) const override;
  [[nodiscard]] std::unique_ptr<Driver> driver(Station& station) const override;
};

}  // namespace ringtalk::loadgen
