// WriterDriver: users who do nothing but send, each to one conversation. The base of the profiles
// whose traffic that is. Owned by its Station; the station's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "loadgen/traffic/driver.h"
#include "loadgen/traffic/station.h"

namespace ringtalk::loadgen {

struct Writer {
  std::uint32_t user = 0;
  std::uint32_t conversation = 0;
};

class WriterDriver : public Driver {
 public:
  /// `writers`: of all threads; those of others are left out.
  WriterDriver(Station& station, const std::vector<Writer>& writers);

  [[nodiscard]] double share() const override { return share_; }
  [[nodiscard]] std::uint32_t lanes() const override;
  /// Open loop: whoever comes by chance. Closed: the lane's own writer.
  void act(reactor::TimePoint intended, Lane lane) override;

 protected:
  Station& station_;

 private:
  std::vector<Writer> writers_;
  double share_ = 0;
};

}  // namespace ringtalk::loadgen
